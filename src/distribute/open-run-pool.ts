import type { SharedStore } from '../cache/store/shared-store.js'
import { WorkerPool } from '../extract/worker-pool.js'
import type { CodeNetwork, CrewOptions } from '../extract/worker-setup.js'
import { crewFor, inBatchesOf } from '../extract/worker-setup.js'
import { networksFolder } from './describe-run.js'
import type { RunPool } from './lease-coder.js'
import type { RunDescription } from './run-description.js'

export interface RunPoolOptions extends CrewOptions {
  readonly batch?: number | undefined
}

/** Threads that can be ended. */
export interface OpenRunPool extends RunPool {
  close(): Promise<void>
}

/** Starts the threads of a run; its networks come from the store, by their digests. */
export async function openRunPool({ kinds }: RunDescription, store: SharedStore, options: RunPoolOptions): Promise<OpenRunPool> {
  const models = new Map<string, Uint8Array>()
  const networks: CodeNetwork[] = []
  for (const { network, input } of kinds) {
    const model = models.get(network) ?? (await store.read(`${networksFolder}/${network}.onnx`))
    models.set(network, model)
    networks.push({ model, ...input })
  }
  const { setup, size, on } = await crewFor(networks, options)
  const pool = await WorkerPool.start(setup, size)
  const [first] = on
  const batch = inBatchesOf(
    networks.map(({ fixedBatch }) => fixedBatch),
    options.batch,
    first ?? { provider: 'cpu' },
  )
  return { pool, on, batch, close: () => pool.close() }
}
