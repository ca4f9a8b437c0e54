import { parseOnnx } from '../graph/read-onnx.js'
import type { EngineInfo } from './engine-info.js'
import { createSession, type Session } from './onnx-session.js'
import { loadTensorflow } from './tensorflow/load-tensorflow.js'
import { createTensorflowSession } from './tensorflow/tensorflow-session.js'

export interface OpenSessionOptions {
  /** The bytes of an .onnx file with one input and one float32 output, external data not. */
  readonly model: Uint8Array
  /** Threads of one run on the CPU by onnxruntime; TensorFlow takes all cores. */
  readonly threads: number
  /** What `resolveEngine` found; it is taken as it is, nothing else is tried. Default onnxruntime on the CPU. */
  readonly on?: Pick<EngineInfo, 'engine' | 'provider'> | undefined
}

/**
 * Opens a network where it was resolved to run; in worker threads too, of which `sessionsAtOnce` tells how many may run.
 *
 * @throws UserError when the engine cannot run it there.
 */
export async function openSession({ model, threads, on }: OpenSessionOptions): Promise<Session> {
  const { engine, provider } = on ?? { engine: 'onnx', provider: 'cpu' }
  if (engine === 'onnx') return createSession(model, threads, { provider })
  const { tf } = loadTensorflow(provider === 'cuda' ? 'cuda' : 'cpu')
  return createTensorflowSession(tf, parseOnnx(model, 'the network'))
}
