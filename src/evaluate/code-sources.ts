import { freemem } from 'node:os'
import { CodeReader } from '../cache/code-reader.js'
import { openCodeWindows } from '../cache/code-windows.js'
import type { Pool } from '../cache/pool-codes.js'
import type { CodeSource } from '../heads/network/code-window.js'
import type { DataSet } from './data-set.js'

export interface CodeSourceOptions {
  readonly pool: Pool
  /** Bytes that codes may take. Default: half of what is free. */
  readonly memory?: number | undefined
  readonly seed: number
  /** Samples of a step. */
  readonly batch: number
}

/** A data set's codes, a part at a time. */
export interface CodeSources {
  /** Numbers in a code. */
  readonly length: number
  /** Samples to train on: most of the memory is theirs. */
  train(samples: Int32Array): CodeSource
  /** Samples that are only looked at. */
  held(samples: Int32Array): CodeSource
}

/** Share of the memory for samples to train on; the others follow each other. */
const trainShare = 0.75

export function openCodeSources({ catalog, fingerprint, images }: DataSet, options: CodeSourceOptions): CodeSources {
  const { pool, memory = freemem() / 2, seed, batch } = options
  const sha256 = images.map((image) => image.sha256)
  const pathOf = new Map(images.map(({ sha256, path }) => [sha256, path]))
  const reader = new CodeReader(catalog, fingerprint, { pool, nameOf: (image) => pathOf.get(image) ?? image })
  const source = (samples: Int32Array, bytes: number): CodeSource => {
    const { windows } = openCodeWindows(reader, { images: sha256, samples }, { memory: bytes, seed, batch })
    return { samples: samples.length, windows }
  }
  return {
    length: reader.length,
    train: (samples) => source(samples, trainShare * memory),
    held: (samples) => source(samples, (1 - trainShare) * memory),
  }
}
