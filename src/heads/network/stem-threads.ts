import { type Matrix, matrix } from '../../engine/gemm.js'
import type { Step } from '../optimizers/optimizer.js'
import type { Tensor } from '../safetensors.js'
import type { SavedLayer } from '../save-head.js'
import { addScaled } from '../vector.js'
import type { WindowCodes } from './code-window.js'
import type { StemSetup } from './local-stem.js'
import type { Batch, Stem, StemState, WindowName } from './stem.js'
import { StemThread } from './stem-thread.js'

/** A stem whose columns are divided among threads; outputs are the sums of theirs, in the order of the columns. */
export class StemThreads implements Stem {
  readonly #threads: readonly StemThread[]

  private constructor(threads: readonly StemThread[]) {
    this.#threads = threads
  }

  static async start(setup: StemSetup, count: number): Promise<StemThreads> {
    const place = (part: number) => Math.round((setup.inputs * part) / count / 16) * 16
    const threads = Array.from({ length: count }, (_, at) => {
      const [from, to] = [place(at), at === count - 1 ? setup.inputs : place(at + 1)]
      return new StemThread({ ...setup, from, to, threads: 1 })
    })
    return new StemThreads(threads)
  }

  async load(name: WindowName, window: WindowCodes): Promise<void> {
    await this.#all((thread) => thread.call('load', name, window))
  }

  async forward(batch: Batch): Promise<Matrix> {
    return sumOf(await this.#all((thread) => thread.call('forward', batch)))
  }

  async squaredNorm(gradient: Matrix): Promise<number> {
    const squares = await this.#all((thread) => thread.call('squaredNorm', gradient))
    return squares.reduce((sum, square) => sum + square, 0)
  }

  async learn(gradient: Matrix, steps: readonly Step[], next: Batch | undefined): Promise<Matrix | undefined> {
    const outputs = await this.#all((thread) => thread.call('learn', gradient, steps, next))
    return next && sumOf(outputs.flatMap((output) => output ?? []))
  }

  async state(what: 'all' | 'weights'): Promise<StemState> {
    const states = await this.#all((thread) => thread.call('state', what))
    const names = [...(states[0]?.keys() ?? [])]
    return new Map(names.map((name) => [name, joined(states.map((state) => state.get(name) ?? new Float32Array()))]))
  }

  async restore(state: StemState): Promise<void> {
    await this.#all((thread) => thread.call('restore', partOf(state, thread.setup)))
  }

  async saved(): Promise<SavedLayer[]> {
    const parts = await this.#all((thread) => thread.call('saved'))
    return (parts[0] ?? []).map((layer, at) => {
      const names = Object.keys(layer.tensors)
      const tensors = names.map((name) => [name, joinedTensor(parts.flatMap((part) => part[at]?.tensors[name] ?? []))] as const)
      return { ...layer, tensors: Object.fromEntries(tensors) }
    })
  }

  async close(): Promise<void> {
    await this.#all((thread) => thread.close())
  }

  #all<T>(ask: (thread: StemThread) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#threads.map(ask))
  }
}

function sumOf([first = matrix(0, 0), ...others]: readonly Matrix[]): Matrix {
  for (const other of others) addScaled(first.data, 1, other.data)
  return first
}

/** The rows of each array that belong to a thread's columns. */
function partOf(state: StemState, { inputs, from, to }: StemSetup): StemState {
  return new Map([...state].map(([name, array]) => [name, array.slice((array.length / inputs) * from, (array.length / inputs) * to)]))
}

function joinedTensor(tensors: readonly Tensor[]): Tensor {
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)
  return { shape: [rows, ...(tensors[0]?.shape.slice(1) ?? [])], data: joined(tensors.map(({ data }) => data)) }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
