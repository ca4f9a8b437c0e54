import { connectRedis } from './connect-redis.js'
import { type LeaseCounts, LeaseQueue } from './lease-queue.js'
import { parseQueueAddress } from './queue-address.js'
import { RunBoard, type WorkerSign } from './run-board.js'

/** A run in a queue. */
export interface RunStatus extends LeaseCounts {
  readonly run: string
  /** Data folder as the coordinator sees it. */
  readonly data: string
  readonly shared: string
  /** Machine and cache folder of the coordinator. */
  readonly coordinator: string
  readonly models: readonly string[]
}

export interface QueueStatus {
  readonly runs: readonly RunStatus[]
  readonly workers: readonly WorkerSign[]
}

/** What is in a queue and who works on it; changes nothing. */
export async function queueStatus(queue: string): Promise<QueueStatus> {
  const redis = await connectRedis(parseQueueAddress(queue, process.env))
  const board = new RunBoard(redis)
  try {
    const runs: RunStatus[] = []
    for (const id of await board.ids()) {
      const found = await board.find(id)
      if (!found) continue
      const { data, shared, coordinator, kinds } = found.description
      const leases = new LeaseQueue(redis, id)
      try {
        const models = [...new Set(kinds.map(({ model }) => model))]
        runs.push({ run: id, data, shared, coordinator, models, ...(await leases.counts()) })
      } finally {
        await leases.close()
      }
    }
    return { runs, workers: await board.workers() }
  } finally {
    redis.disconnect()
  }
}
