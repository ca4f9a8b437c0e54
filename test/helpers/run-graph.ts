import type { Floats } from '../../src/base/floats.js'
import { createSession, type Output } from '../../src/engine/onnx-session.js'
import type { Graph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'

/** What a graph makes of one batch. */
export async function runGraph(graph: Graph, input: Floats, dims: readonly number[], threads = 1): Promise<Output> {
  const session = await createSession(writeOnnx(graph), threads)
  try {
    return await session.run(input, dims)
  } finally {
    await session.release()
  }
}
