import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { WeightPlaces } from '../../src/weights/weight-folders.js'
import type { WeightSource } from '../../src/weights/weight-source.js'

/** What stands for a weight file. */
export const content = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251)
export const md5 = createHash('md5').update(content).digest('hex')

/** A source of `content`, known by its md5 unless told otherwise. */
export const sourceAt = (url: string, more: Partial<WeightSource> = {}): WeightSource => ({
  file: 'w.h5',
  url,
  checksum: { algorithm: 'md5', hex: md5 },
  maxBytes: 200_000,
  statedBy: 'keras 3.15.1',
  ...more,
})

/** The places of a machine whose disk is `folder`. */
export function placesIn(folder: string): WeightPlaces {
  return { cache: join(folder, 'cache'), home: join(folder, 'home') }
}

/** Writes a file and returns its path. */
export function write(path: string, bytes: Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}
