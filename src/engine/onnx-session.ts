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
  /**
   * Runs one batch; `input` has the shape `dims`. Blocks its thread while it runs.
   *
   * @param into memory that the result may be written to, where the engine can and it is large enough: fresh memory costs time.
   */
  run(input: Floats, dims: readonly number[], into?: Floats): Promise<Output>
  release(): Promise<void>
}

/** A network with several outputs. */
export interface MultiSession {
  /** Runs one batch; gives every output by its name. `into`: where the outputs that it names are written. */
  run(input: Floats, dims: readonly number[], into?: Readonly<Record<string, Tensor>>): Promise<ReadonlyMap<string, Output>>
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
  const onCpu = (options.provider ?? 'cpu') === 'cpu'
  /** Name and shape of the result, the batch left out; known once a batch has run that came out as a batch. */
  let known: { readonly name: string; readonly shape: readonly number[] } | undefined
  return {
    async run(data, dims, into) {
      const target = onCpu && known && into ? targetOf(into, known.name, [dims[0] ?? 1, ...known.shape]) : undefined
      const [entry] = await session.run(data, dims, target)
      if (!entry) throw new Error('Expected the network to have an output, found none')
      const [name, result] = entry
      if (result.dims[0] === dims[0]) known = { name, shape: result.dims.slice(1) }
      return result
    },
    release: () => session.release(),
  }
}

/** As `createSession`, for any number of float32 outputs. */
export async function createMultiSession(model: Uint8Array, threads: number, options: SessionOptions = {}): Promise<MultiSession> {
  const session = await openOnnx(model, threads, options.provider ?? 'cpu')
  const [input = ''] = session.inputNames
  return {
    async run(data, dims, into = {}) {
      const results = await session.run({ [input]: new Tensor('float32', data, dims) }, into)
      return new Map(session.outputNames.map((name) => [name, toOutput(name, results[name])]))
    },
    release: () => session.release(),
  }
}

/**
 * A session's threads stop with its run. By default they spin on and take the cores from the next session: two sessions that run in
 * turn on two cores take twice as long.
 */
export const noSpinning = { session: { force_spinning_stop: '1' } } as const

/**
 * A session of onnxruntime as this project runs it; nothing falls back to the CPU.
 *
 * @param without one of its graph optimizers by name, which is left out.
 */
export async function openOnnx(model: Uint8Array, threads: number, provider: Provider, without?: string): Promise<InferenceSession> {
  const device = provider === 'webgpu-software' ? 'webgpu' : provider
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors come as exceptions
  }
  const fewer = without === undefined ? {} : { optimization: { disable_specified_optimizers: without } }
  if (device === 'cpu') return InferenceSession.create(model, { ...options, extra: { ...noSpinning, ...fewer } })
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

/** The first numbers of `memory` as a tensor, by its name; nothing where there is not room for it. */
function targetOf(memory: Floats, name: string, dims: readonly number[]): Readonly<Record<string, Tensor>> {
  const length = dims.reduce((product, side) => product * side, 1)
  return length > memory.length ? {} : { [name]: new Tensor('float32', memory.subarray(0, length), dims) }
}

export function toOutput(name: string, result: Tensor | undefined): Output {
  if (!result || !(result.data instanceof Float32Array)) {
    throw new Error(`Expected float32 from the network's output ${name}, got ${result?.type}`)
  }
  return { data: result.data, dims: result.dims }
}
