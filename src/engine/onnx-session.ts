import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Floats } from '../base/floats.js'

/** A batch's result: row-major numbers and their shape, the batch first. */
export interface Output {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** A network ready to run: one input, one output. */
export interface Session {
  /** Runs one batch; `input` has the shape `dims`. Blocks its thread while it runs. */
  run(input: Floats, dims: readonly number[]): Promise<Output>
  release(): Promise<void>
}

/** A network with several outputs. */
export interface MultiSession {
  /** Runs one batch; gives every output by its name. */
  run(input: Floats, dims: readonly number[]): Promise<ReadonlyMap<string, Output>>
  release(): Promise<void>
}

/**
 * Opens a network on the CPU.
 *
 * @param model the bytes of an .onnx file with one input and one float32 output.
 * @param threads threads of one run; 1 where several sessions share the machine.
 */
export async function createSession(model: Uint8Array, threads: number): Promise<Session> {
  const session = await createMultiSession(model, threads)
  return {
    async run(data, dims) {
      const [result] = (await session.run(data, dims)).values()
      if (!result) throw new Error('Expected the network to have an output, found none')
      return result
    },
    release: () => session.release(),
  }
}

/** As `createSession`, for any number of float32 outputs. */
export async function createMultiSession(model: Uint8Array, threads: number): Promise<MultiSession> {
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors come as exceptions
  })
  const [input = ''] = session.inputNames
  return {
    async run(data, dims) {
      const results = await session.run({ [input]: new Tensor('float32', data, dims) })
      return new Map(session.outputNames.map((name) => [name, toOutput(name, results[name])]))
    },
    release: () => session.release(),
  }
}

function toOutput(name: string, result: Tensor | undefined): Output {
  if (!result || !(result.data instanceof Float32Array)) {
    throw new Error(`Expected float32 from the network's output ${name}, got ${result?.type}`)
  }
  return { data: result.data, dims: result.dims }
}
