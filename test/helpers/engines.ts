import type { Floats } from '../../src/base/floats.js'
import { createSession, type Output, type Session } from '../../src/engine/onnx-session.js'
import { isTensorflow, type Tensorflow } from '../../src/engine/tensorflow/tensorflow.js'
import { createTensorflowSession } from '../../src/engine/tensorflow/tensorflow-session.js'
import type { Graph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { tf as tfjs } from './tfjs.js'

/** TensorFlow.js in plain JavaScript. */
export const tf: Tensorflow = checked(tfjs)

function checked(module: unknown): Tensorflow {
  if (isTensorflow(module)) return module
  throw new Error('Expected @tensorflow/tfjs to have all that the engine uses')
}

/** Runs one batch on both engines. */
export async function onBothEngines(graph: Graph, input: Floats, dims: readonly number[]): Promise<{ onnx: Output; tensorflow: Output }> {
  return {
    onnx: await runOnce(await createSession(writeOnnx(graph), 1), input, dims),
    tensorflow: await runOnce(await createTensorflowSession(tf, graph), input, dims),
  }
}

async function runOnce(session: Session, input: Floats, dims: readonly number[]): Promise<Output> {
  try {
    return await session.run(input, dims)
  } finally {
    await session.release()
  }
}
