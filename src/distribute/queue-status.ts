import type { Redis } from 'ioredis'
import { type LeaseCounts, LeaseQueue } from './lease-queue.js'
import { RunBoard, type WorkerSign } from './run-board.js'
import type { NamedRun } from './run-description.js'
import { withRedis } from './with-redis.js'

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
export function queueStatus(queue: string): Promise<QueueStatus> {
  return withRedis(queue, undefined, async (redis) => {
    const board = new RunBoard(redis)
    const runs: RunStatus[] = []
    for (const id of await board.ids()) {
      const run = await board.find(id)
      if (run) runs.push(await runStatus(redis, run))
    }
    return { runs, workers: await board.workers() }
  })
}

async function runStatus(redis: Redis, { id, description }: NamedRun): Promise<RunStatus> {
  const { data, shared, coordinator, kinds } = description
  const leases = new LeaseQueue(redis, id)
  try {
    const models = [...new Set(kinds.map(({ model }) => model))]
    return { run: id, data, shared, coordinator, models, ...(await leases.counts()) }
  } finally {
    await leases.close()
  }
}
