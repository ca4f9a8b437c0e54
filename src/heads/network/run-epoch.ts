import { streamKey } from '../../base/counter-random.js'
import type { CodeWindow } from '../../cache/code-windows.js'
import { type Matrix, matrix } from '../../engine/gemm.js'
import type { BatchLoss, Loss } from '../losses/loss.js'
import type { Schedule } from '../schedules/schedule.js'
import type { CodeSource } from './code-window.js'
import type { Trainable, TrainBatch } from './trainable.js'

/** Means over the samples seen. */
export interface EpochScore {
  readonly loss: number
  readonly accuracy: number
}

/** What is added to the loss, and how its gradient is limited. */
export interface Penalty {
  readonly l1: number
  readonly l2: number
  readonly clipNorm?: number | undefined
}

export interface EpochOptions {
  readonly source: CodeSource
  readonly loss: Loss
  /** Samples of a step. */
  readonly batch: number
  /** From 0. */
  readonly epoch: number
  /** Steps before this epoch. */
  readonly before: number
  readonly seed: number
  readonly schedule: Schedule
  readonly penalty: Penalty
  readonly signal?: AbortSignal | undefined
  readonly onBatch?: ((seen: number, mean: EpochScore) => void) | undefined
}

/**
 * Trains on every sample once. The loss is the mean over the batches as they were met, as Keras reports it.
 *
 * @returns the score and the steps taken; a score whose loss is no finite number ended the epoch.
 */
export async function runEpoch(network: Trainable, options: EpochOptions): Promise<{ score: EpochScore; steps: number }> {
  const { source, loss, epoch, before, schedule, penalty, signal, onBatch } = options
  const sums = { loss: 0, right: 0, seen: 0 }
  let steps = 0
  for await (const window of source.windows(epoch)) {
    await network.load('train', window)
    for (const [now, next] of pairs(trainBatches(window, options, before + steps))) {
      signal?.throwIfAborted()
      const { samples } = now
      let met: BatchLoss = { loss: 0, right: 0 }
      const number = before + ++steps
      await network.step(now, (logits) => (met = loss.take(logits, samples)), {
        settings: [{ ...penalty, rate: schedule.rate(number - 1) }],
        number,
        next,
        clipNorm: penalty.clipNorm,
      })
      sums.loss += met.loss
      sums.right += met.right
      sums.seen += samples.length
      if (!Number.isFinite(sums.loss)) return { score: meanOf(sums), steps }
      onBatch?.(sums.seen, meanOf(sums))
    }
  }
  return { score: meanOf(sums), steps }
}

/** The mean loss and the accuracy of a network as it stands. */
export async function scoreOf(network: Trainable, source: CodeSource, loss: Loss): Promise<EpochScore> {
  const sums = { loss: 0, right: 0, seen: 0 }
  for await (const window of source.windows(0)) {
    await network.load('held', window)
    for (const { rows, samples } of batchesOf(window, scored)) {
      const { loss: part, right } = loss.take(await network.logits('held', rows), samples)
      sums.loss += part
      sums.right += right
      sums.seen += rows.length
    }
  }
  return meanOf(sums)
}

/** Samples that are scored at once: their logits are few, and larger products are quicker. */
export const scored = 256

/** Logits of every sample, [n, outputs], in the order of `samples`. */
export async function logitsOf(network: Trainable, source: CodeSource, samples: Int32Array): Promise<Matrix> {
  const placeOf = new Map(Array.from(samples, (sample, at) => [sample, at]))
  let out: Matrix | undefined
  for await (const window of source.windows(0)) {
    await network.load('held', window)
    for (const batch of batchesOf(window, scored)) {
      const { columns, data } = await network.logits('held', batch.rows)
      out ??= matrix(samples.length, columns)
      for (const [row, sample] of batch.samples.entries()) {
        out.data.set(data.subarray(row * columns, (row + 1) * columns), (placeOf.get(sample) ?? 0) * columns)
      }
    }
  }
  return out ?? matrix(0, 0)
}

interface SampleBatch {
  readonly rows: Int32Array
  readonly samples: Int32Array
}

/** Batches of a window, numbered on from `before`. */
export function* trainBatches(
  window: CodeWindow,
  { batch, seed }: Pick<EpochOptions, 'batch' | 'seed'>,
  before: number,
): Generator<TrainBatch & SampleBatch> {
  let number = before
  for (const part of batchesOf(window, batch)) yield { ...part, key: streamKey(seed, ++number) }
}

/** A window in its order, some samples at a time. */
export function* batchesOf({ order, samples }: CodeWindow, size: number): Generator<SampleBatch> {
  for (let at = 0; at < order.length; at += size) {
    const rows = order.slice(at, at + size)
    yield { rows, samples: rows.map((row) => samples[row] ?? 0) }
  }
}

/** Each item with the one that follows it. */
export function* pairs<T>(items: Iterable<T>): Generator<[T, T | undefined]> {
  let held: T | undefined
  for (const item of items) {
    if (held !== undefined) yield [held, item]
    held = item
  }
  if (held !== undefined) yield [held, undefined]
}

const meanOf = ({ loss, right, seen }: { loss: number; right: number; seen: number }) => ({ loss: loss / seen, accuracy: right / seen })
