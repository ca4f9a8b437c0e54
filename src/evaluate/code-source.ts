import { streamKey } from '../base/counter-random.js'
import { seededRandom, shuffle } from '../base/random.js'
import type { CodeReader } from '../cache/code-reader.js'
import type { CodeSource, SampleWindow } from '../heads/network/code-window.js'
import type { DataSet } from './data-set.js'

export interface CodeSourceOptions {
  readonly samples: Int32Array
  /** Of the order, another in each epoch; undefined: as the samples are given. */
  readonly seed: number | undefined
}

/** The codes of some samples as float32, in one window. */
export function codeSource(reader: CodeReader, { images }: DataSet, { samples, seed }: CodeSourceOptions): CodeSource {
  const sha256 = Array.from(samples, (sample) => images[sample]?.sha256 ?? '')
  const stored = reader.stored(sha256)
  const buffer = new SharedArrayBuffer(4 * stored.length * reader.length)
  reader.readInto(stored, new Float32Array(buffer))
  const place = new Map(stored.map((image, row) => [image, row]))
  // Byte-equal images share a row: an order of samples is one of their rows, which may repeat.
  const rows = Int32Array.from(sha256, (image) => place.get(image) ?? 0)
  const window = { buffer, dtype: 'float32', rows: stored.length, columns: reader.length } as const
  return {
    count: samples.length,
    async *windows(epoch): AsyncGenerator<SampleWindow> {
      const at = Int32Array.from(samples.keys())
      const order = seed === undefined ? at : shuffle(at, seededRandom(streamKey(seed, epoch)))
      yield { ...window, order: order.map((i) => rows[i] ?? 0), samples: order.map((i) => samples[i] ?? 0) }
    },
  }
}
