import type { Backbone } from '../../src/backbones/backbone.js'
import { createSession, type Output } from '../../src/engine/onnx-session.js'
import { codeGraph } from '../../src/extract/code-graph.js'
import { inputImage } from './backbone-reference.js'

/** The filler's image through a backbone, as the slow stage runs it: maps come channels last. */
export async function runBackbone(backbone: Backbone): Promise<Output> {
  const session = await createSession(await codeGraph(backbone), 1)
  try {
    return await session.run(inputImage(backbone.size, backbone.input), [1, 3, backbone.size, backbone.size])
  } finally {
    await session.release()
  }
}
