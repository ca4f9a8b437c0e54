import { codeGraph } from './code-graph.js'
import type { InputSetup, WorkerSetup } from './messages.js'
import type { Target } from './target.js'

/** What the threads are started with: one thread a session, since the sessions share the cores. */
export async function workerSetup(targets: readonly Target[]): Promise<WorkerSetup> {
  const networks: WorkerSetup['networks'][number][] = []
  for (const target of targets) networks.push({ model: await codeGraph(target.backbone), ...inputSetup(target) })
  return { threads: 1, networks }
}

/** What the target's network takes. */
export function inputSetup({ backbone, preprocessing }: Pick<Target, 'backbone' | 'preprocessing'>): InputSetup {
  const { size, layout, batch: fixedBatch } = backbone
  return { size, layout, fixedBatch, preprocessing }
}

/** Images in a batch: what a network fixes, else what is asked for. */
export function batchSize(targets: readonly Target[], asked = 8): number {
  return Math.max(...targets.map(({ backbone }) => backbone.batch ?? asked))
}
