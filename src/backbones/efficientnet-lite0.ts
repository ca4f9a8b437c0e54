import { fileURLToPath } from 'node:url'
import { cutAt, resolveLayer } from '../graph/cut.js'
import { readOnnx } from '../graph/read-onnx.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { refuseOptions } from './refuse-options.js'
import { weightsDigest } from './weights-digest.js'

/**
 * EfficientNet-Lite0 with its ImageNet weights: 224 × 224 → 7 × 7 × 1280, the embedded backbone.
 *
 * Source: Apache-2.0, see models/NOTICE. Its file holds the weights as float16, which the engine widens when it loads them.
 */
export async function efficientnetLite0(options: BackboneOptions): Promise<Backbone> {
  const name = 'efficientnet-lite0'
  refuseOptions(name, options, ['mean', 'scale', 'weights'])
  const size = 224
  if (options.size !== undefined && options.size !== size) refuseOptions(name, options, ['size'])
  const graph = await readOnnx(fileURLToPath(new URL('../../models/efficientnet-lite0.onnx', import.meta.url)))
  const layer = resolveLayer(graph, options.layer ?? 'features')
  return {
    name,
    identity: { architecture: name, version: '1.0.0', weights: weightsDigest(graph) },
    graph: cutAt(graph, layer),
    layer,
    size,
    layout: 'nchw',
    batch: undefined,
    input: { order: 'rgb', mean: [127, 127, 127], scale: [128, 128, 128] },
  }
}
