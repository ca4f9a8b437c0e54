import { Tensor } from 'onnxruntime-node'
import type { Floats } from '../base/floats.js'
import { type Output, openOnnx, type SessionOptions, toOutput } from './onnx-session.js'

/** A float32 input: row-major numbers and their shape. */
export interface Feed {
  readonly data: Floats
  readonly dims: readonly number[]
}

/** A network with any number of float32 inputs and outputs by name, such as the gradients of another. */
export interface FeedSession {
  /**
   * Gives every output by its name. Blocks its thread while it runs.
   *
   * @param into memory of the right length that some outputs are written to; fresh memory costs time.
   */
  run(feeds: Readonly<Record<string, Feed>>, into?: Readonly<Record<string, Feed>>): Promise<ReadonlyMap<string, Output>>
  release(): Promise<void>
}

/**
 * Opens a network with several inputs on onnxruntime.
 *
 * @param model the bytes of an .onnx file. @param threads threads of one run.
 * @throws UserError when a GPU is asked for and not every layer runs on it.
 */
export async function createFeedSession(model: Uint8Array, threads: number, options: SessionOptions = {}): Promise<FeedSession> {
  const session = await openOnnx(model, threads, options.provider ?? 'cpu')
  return {
    async run(feeds, into = {}) {
      const results = await session.run(toTensors(feeds), toTensors(into))
      return new Map(session.outputNames.map((name) => [name, toOutput(name, results[name])]))
    },
    release: () => session.release(),
  }
}

/** The same as onnxruntime takes them, in the same memory. */
export function toTensors(feeds: Readonly<Record<string, Feed>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]))
}
