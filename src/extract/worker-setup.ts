import type { Backbone } from '../backbones/backbone.js'
import { codeGraph } from './code-graph.js'
import { preprocessingOf } from './code-identity.js'
import type { WorkerSetup } from './messages.js'
import type { ExtractOptions } from './options.js'

/** What the threads are started with: one thread a session, since the sessions share the cores. */
export async function workerSetup(backbone: Backbone, options: ExtractOptions): Promise<WorkerSetup> {
  const { size, layout, batch: fixedBatch } = backbone
  return { model: await codeGraph(backbone), threads: 1, size, layout, fixedBatch, preprocessing: preprocessingOf(backbone, options) }
}
