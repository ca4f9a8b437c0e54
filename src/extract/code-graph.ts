import type { Backbone } from '../backbones/backbone.js'
import { layoutOf, withChannelsLast } from '../graph/layout.js'
import { writeOnnx } from '../graph/write-onnx.js'

/**
 * The bytes of the graph that gives codes: the backbone, with spatial maps transposed to channels last.
 *
 * Where the file does not tell the rank of the layer's output, one blank image is run to see it.
 */
export async function codeGraph(backbone: Backbone): Promise<Uint8Array> {
  const { graph, layout } = backbone
  const [output] = graph.outputs
  const rank = output?.dims?.length ?? (await probeRank(backbone))
  const spatial = rank === 4 && layoutOf(graph, output?.name ?? '', layout) === 'nchw'
  return writeOnnx(spatial ? withChannelsLast(graph) : graph)
}

async function probeRank({ graph, layout, batch = 1, size }: Backbone): Promise<number> {
  const { createSession } = await import('../engine/onnx-session.js')
  const session = await createSession(writeOnnx(graph), 1)
  const dims = layout === 'nchw' ? [batch, 3, size, size] : [batch, size, size, 3]
  const { dims: shape } = await session.run(new Float32Array(batch * 3 * size * size), dims)
  await session.release()
  return shape.length
}
