import { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * The shapes of a network's outputs, of whatever type, for a blank batch.
 *
 * @param model the bytes of an .onnx file with one float32 input. @param dims the batch's shape.
 * @throws the engine's error when it refuses the network.
 */
export async function outputShapes(model: Uint8Array, dims: readonly number[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'disabled', // it runs once
    logSeverityLevel: 4,
  })
  try {
    const blank = new Float32Array(dims.reduce((all, side) => all * side, 1))
    const results = await session.run({ [session.inputNames[0] ?? '']: new Tensor('float32', blank, dims) })
    return new Map(Object.entries(results).map(([name, result]) => [name, result.dims]))
  } finally {
    await session.release()
  }
}
