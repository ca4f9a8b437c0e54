import { serveFolder } from './serve-folder.js'
import { tf } from './tfjs.js'

/** Loads the graph model in a folder as users do, over HTTP. */
export async function loadGraphModel(folder: string): Promise<tf.GraphModel> {
  const { url, close } = await serveFolder(folder)
  try {
    return await tf.loadGraphModel(`${url}/model.json`)
  } finally {
    await close()
  }
}

/** What a model of one output says. */
export async function outputOf(
  model: tf.GraphModel,
  input: tf.Tensor,
): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }> {
  const output = tf.tidy(() => model.predict(input))
  if (!(output instanceof tf.Tensor)) throw new Error('Expected one output')
  const data = await output.data()
  output.dispose()
  return { data: Float32Array.from(data), dims: output.shape }
}

/** Pixels [n, side, side, 3] as a tensor. */
export function pixelTensor(pixels: Uint8Array, side: number, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor4D {
  return tf.tensor4d(Array.from(pixels), [pixels.length / (side * side * 3), side, side, 3], dtype)
}
