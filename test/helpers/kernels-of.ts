import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import proto from 'onnx-proto'
import { InferenceSession } from 'onnxruntime-node'
import type { Graph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { tempFolder } from './temp-folder.js'

/** The operators that onnxruntime makes of a graph, each once, in the order of their names. */
export async function kernelsOf(graph: Graph): Promise<string[]> {
  const optimizedModelFilePath = join(tempFolder(), 'optimized.onnx')
  const session = await InferenceSession.create(writeOnnx(graph), {
    optimizedModelFilePath,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  })
  await session.release()
  const optimized = proto.onnx.ModelProto.decode(readFileSync(optimizedModelFilePath))
  return [...new Set((optimized.graph?.node ?? []).map(({ opType }) => opType ?? ''))].sort()
}
