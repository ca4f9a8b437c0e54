import type { QueueCodesOptions, QueueCodesResult } from '../../src/distribute/options.js'
import { queueCodes } from '../../src/distribute/queue-codes.js'
import { runWorker } from '../../src/distribute/run-worker.js'
import type { WorkerOptions, WorkerResult } from '../../src/distribute/run-worker-options.js'

export interface Work extends Partial<WorkerOptions> {
  /** Workers at once, default 1. */
  readonly count?: number
}

/** `codes` through a queue with workers beside it, which end when it is done. */
export async function withWorkers(
  options: QueueCodesOptions,
  { count = 1, ...of }: Work = {},
): Promise<{ readonly result: QueueCodesResult; readonly done: readonly WorkerResult[] }> {
  const ending = new AbortController()
  const given = { queue: options.queue, root: options.data ?? '', workers: 1, signal: ending.signal, ...of }
  const working = Array.from({ length: count }, () => runWorker(given))
  const result = await queueCodes(options).finally(() => ending.abort())
  return { result, done: await Promise.all(working) }
}
