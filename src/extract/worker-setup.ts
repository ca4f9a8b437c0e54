import { codeGraph } from './code-graph.js'
import type { WorkerSetup } from './messages.js'
import type { Target } from './target.js'

/** What the threads are started with: one thread a session, since the sessions share the cores. */
export async function workerSetup(targets: readonly Target[]): Promise<WorkerSetup> {
  const networks: WorkerSetup['networks'][number][] = []
  for (const { backbone, preprocessing } of targets) {
    const { size, layout, batch: fixedBatch } = backbone
    networks.push({ model: await codeGraph(backbone), size, layout, fixedBatch, preprocessing })
  }
  return { threads: 1, networks }
}

/** Images in a batch: what a network fixes, else what is asked for. */
export function batchSize(targets: readonly Target[], asked = 8): number {
  return Math.max(...targets.map(({ backbone }) => backbone.batch ?? asked))
}
