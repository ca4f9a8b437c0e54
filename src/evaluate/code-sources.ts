import { UserError } from '../base/errors.js'
import { openCodeWindows } from '../cache/code-windows.js'
import type { Pool } from '../cache/pool-codes.js'
import type { CodeSource } from '../heads/network/code-window.js'
import type { DataSet } from './data-set.js'
import { megabytes } from './megabytes.js'
import { memoryBudget } from './memory-budget.js'
import { openReader } from './open-reader.js'
import { drawViews, type ViewTable, viewTable } from './view-table.js'

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

/** Share of the memory for samples to train on, and for others: while the test part is read, the window of the validation part is still held. */
const [trainShare, heldShare] = [0.75, 0.125]

/** Bytes of a network's weights and what training keeps beside them, by the length of a code. */
export type WeightBytes = (inputs: number) => number

/** @throws UserError where the memory does not hold the weights. */
export function openCodeSources(data: DataSet, options: CodeSourceOptions, weights: WeightBytes): CodeSources {
  const { pool, seed, batch } = options
  const { reader, keys } = openReader(data, pool)
  const budget = memoryBudget(options.memory)
  const memory = budget - weights(reader.length)
  if (memory <= 0) throw tooLittle(budget, budget - memory)
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
    held: (samples) => source(samples, heldShare * memory),
  }
}

function tooLittle(budget: number, needed: number): UserError {
  return new UserError(
    `Expected --memory to hold the head's weights and what training keeps beside them, ${megabytes(needed)}, and a batch of codes, got ${megabytes(budget)}. Give more, or make the head smaller: fewer units, --pool avg.`,
  )
}
