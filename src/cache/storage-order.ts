import type { CodeReader } from './code-reader.js'

/**
 * Where the codes of samples lie among each other: `position` [samples], ascending in the order of storage, samples of one image
 * sharing one; `images` has the image (sha256 in hex) at each position.
 */
export interface StorageOrder {
  readonly position: Int32Array
  readonly images: readonly string[]
}

/** The order in which the codes of samples are stored; `images` has the sha256 of each sample, in hex. */
export function storageOrder(reader: CodeReader, images: readonly string[]): StorageOrder {
  const stored = reader.stored(images)
  const positions = new Map(stored.map((image, at) => [image, at]))
  return { position: Int32Array.from(images, (image) => positions.get(image) ?? 0), images: stored }
}

/** Some samples, or their places in a list, sorted by the storage of their codes. */
export function inStorageOrder(samples: Int32Array, positionOf: (sample: number) => number): Int32Array {
  return samples.slice().sort((a, b) => positionOf(a) - positionOf(b) || a - b)
}
