import type { Graph } from '../graph/graph.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { outputShapes } from './output-shapes.js'

/**
 * The shapes of all tensors of a graph with one float32 input, for a blank batch.
 *
 * @param dims the batch's shape. @throws the engine's error when it refuses the graph.
 */
export async function tensorShapes(graph: Graph, dims: readonly number[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const names = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '')
  const outputs = names.map((name) => ({ name, type: undefined, dims: undefined }))
  const shapes = await outputShapes(writeOnnx({ ...graph, outputs }), dims)
  return new Map([...shapes, [graph.inputs[0]?.name ?? '', dims]])
}
