import { InferenceSession, Tensor } from 'onnxruntime-node'
import { messageOf, UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import type { Provider } from './engine-info.js'

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

/** Where and how a network runs. */
export interface SessionOptions {
  /** Default the CPU. */
  readonly provider?: Provider
}

/**
 * Opens a network on onnxruntime.
 *
 * @param model the bytes of an .onnx file with one input and one float32 output.
 * @param threads threads of one run; 1 where several sessions share the machine.
 * @throws UserError when a GPU is asked for and not every layer runs on it.
 */
export async function createSession(model: Uint8Array, threads: number, options: SessionOptions = {}): Promise<Session> {
  const session = await createMultiSession(model, threads, options)
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
export async function createMultiSession(model: Uint8Array, threads: number, options: SessionOptions = {}): Promise<MultiSession> {
  const session = await open(model, threads, options.provider ?? 'cpu')
  const [input = ''] = session.inputNames
  return {
    async run(data, dims) {
      const results = await session.run({ [input]: new Tensor('float32', data, dims) })
      return new Map(session.outputNames.map((name) => [name, toOutput(name, results[name])]))
    },
    release: () => session.release(),
  }
}

async function open(model: Uint8Array, threads: number, provider: Provider): Promise<InferenceSession> {
  const device = provider === 'webgpu-software' ? 'webgpu' : provider
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors come as exceptions
  }
  if (device === 'cpu') return InferenceSession.create(model, options)
  // Else onnxruntime runs on the CPU what the device cannot do, and says nothing.
  const strict = { ...options, extra: { session: { disable_cpu_ep_fallback: '1' } } }
  return InferenceSession.create(model, strict).catch((error: unknown) => {
    throw messageOf(error).includes('fallback to CPU EP has been explicitly disabled') ? notWhollyOn(device) : error
  })
}

function notWhollyOn(device: string): UserError {
  return new UserError(
    `Expected every layer of the network to run on ${device}, found that onnxruntime would run some on the CPU. Use --device cpu, which runs the whole network.`,
  )
}

function toOutput(name: string, result: Tensor | undefined): Output {
  if (!result || !(result.data instanceof Float32Array)) {
    throw new Error(`Expected float32 from the network's output ${name}, got ${result?.type}`)
  }
  return { data: result.data, dims: result.dims }
}
