import { openCodeWindows } from '../cache/code-windows.js'
import type { Pool } from '../cache/pool-codes.js'
import type { CodeSource } from '../heads/network/code-window.js'
import { drawViews, type ViewTable, viewTable } from './code-views.js'
import type { DataSet } from './data-set.js'
import { memoryBudget } from './memory-budget.js'
import { openReader } from './open-reader.js'

export interface CodeSourceOptions {
  readonly pool: Pool
  /** Bytes that codes, weights and the optimizer's state may take; default `memoryBudget()`. */
  readonly memory?: number | undefined
  readonly seed: number
  /** Samples of a step. */
  readonly batch: number
}

/** A data set's codes, a part at a time. */
export interface CodeSources {
  /** Numbers in a code. */
  readonly length: number
  /** Samples to train on, in each epoch each in a view that is drawn: most of the memory is theirs. */
  train(samples: Int32Array): CodeSource
  /** Samples that are only looked at. */
  held(samples: Int32Array): CodeSource
}

/** Share of the memory for samples to train on; the others follow each other. */
const trainShare = 0.75

/** Bytes of a network's weights and what training keeps beside them, by the length of a code. */
export type WeightBytes = (inputs: number) => number

export function openCodeSources(data: DataSet, options: CodeSourceOptions, weights: WeightBytes): CodeSources {
  const { pool, seed, batch } = options
  const { reader, keys } = openReader(data, pool)
  const memory = memoryBudget(options.memory) - weights(reader.length)
  const open = (samples: Int32Array, bytes: number, buffer?: SharedArrayBuffer) =>
    openCodeWindows(reader, { images: keys, samples }, { memory: bytes, seed, batch, buffer })
  const source = (samples: Int32Array, bytes: number): CodeSource => ({ samples: samples.length, windows: open(samples, bytes).windows })
  /** Of each sample the view that an epoch draws; every epoch reads its codes anew, into the same memory. */
  const drawn = (samples: Int32Array, bytes: number, views: ViewTable): CodeSource => {
    let buffer: SharedArrayBuffer | undefined
    return {
      samples: samples.length,
      windows(epoch) {
        const windows = open(drawViews(samples, views, { seed, epoch }), bytes, buffer)
        buffer = windows.buffer
        return windows.windows(epoch)
      },
    }
  }
  const views = viewTable(data)
  return {
    length: reader.length,
    train: (samples) => (views ? drawn(samples, trainShare * memory, views) : source(samples, trainShare * memory)),
    held: (samples) => source(samples, (1 - trainShare) * memory),
  }
}
