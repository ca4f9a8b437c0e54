import { createGemm, type Matrix, matrix } from '../engine/gemm.js'
import { Chain } from '../heads/layers/chain.js'
import { biased, buildLayers, withBiases } from '../heads/network/build-layers.js'
import type { WindowCodes } from '../heads/network/code-window.js'
import { copyRows } from '../heads/network/copy-rows.js'
import type { NetworkOptions } from '../heads/network/network.js'
import { restoreSaved } from '../heads/network/restore-saved.js'
import type { WindowName } from '../heads/network/stem.js'
import type { NetworkState, StepOptions, Trainable, TrainBatch } from '../heads/network/trainable.js'
import { makeOptimizer } from '../heads/optimizers/index.js'
import type { SavedLayer } from '../heads/save-head.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import { type TailGraph, TailSession } from './tail-session.js'

export interface TailNetworkOptions extends NetworkOptions {
  readonly tail: TailGraph
  /** The head that it begins with; default Keras' initial weights. */
  readonly start?: readonly SavedLayer[] | undefined
  /** Learning rate of the tail over that of the head. */
  readonly rateRatio: number
}

/** Rows that are run at once where only the outputs are wanted. */
const together = 64

/** A head behind the last layers of a backbone, trained together by mini-batches of what goes into these layers. */
export class TailNetwork implements Trainable {
  readonly #tail: TailSession
  readonly #head: Chain
  readonly #options: TailNetworkOptions
  readonly #windows = new Map<WindowName, WindowCodes>()
  readonly #float16 = createFloat16(createKernels())

  private constructor(tail: TailSession, head: Chain, options: TailNetworkOptions) {
    this.#tail = tail
    this.#head = head
    this.#options = options
  }

  /** The backbone's own weights behind the head. */
  static async create(options: TailNetworkOptions): Promise<TailNetwork> {
    const { layers, inputs, outputs, optimizer: settings, seed, threads, tail, start } = options
    const optimizer = makeOptimizer(settings)
    const specs = biased([...layers, { type: 'dense', units: outputs }])
    const made = { gemm: createGemm(threads), optimizer, seed, widths: [inputs], from: 0, inputs, before: 0 }
    const head = new Chain(buildLayers(specs, made))
    if (start) restoreSaved(head, start)
    return new TailNetwork(await TailSession.open(tail, optimizer, threads), head, options)
  }

  async load(name: WindowName, window: WindowCodes): Promise<void> {
    this.#windows.set(name, window)
  }

  async logits(name: WindowName, rows: Int32Array): Promise<Matrix> {
    const out = matrix(rows.length, this.#options.outputs)
    for (let at = 0; at < rows.length; at += together) {
      const features = await this.#tail.forward(this.#codes(name, rows.subarray(at, at + together)))
      const [logits = matrix(0, 0)] = await this.#head.forward([features], { training: false, key: 0 })
      out.data.set(logits.data, at * out.columns)
    }
    return out
  }

  #codes(name: WindowName, rows: Int32Array): Matrix {
    const window = this.#windows.get(name)
    if (!window) throw new Error(`Expected codes under the name ${name}`)
    const block = matrix(rows.length, window.columns)
    copyRows(this.#float16, window, rows, { block })
    return block
  }

  async step({ rows, key }: TrainBatch, take: (logits: Matrix) => void, options: StepOptions): Promise<void> {
    const codes = this.#codes('train', rows)
    const features = await this.#tail.forwardToLearn(codes)
    const [logits = matrix(0, 0)] = await this.#head.forward([features], { training: true, key })
    take(logits)
    const [gradient = matrix(0, 0)] = await this.#head.backward([logits], true)
    await this.#tail.backward(codes, gradient)
    await this.#move(options)
  }

  async #move({ settings, number, clipNorm }: StepOptions): Promise<void> {
    const scale = clipNorm === undefined ? 1 : clipNorm / Math.max(clipNorm, await this.#norm())
    await this.#head.update(settings.map((setting) => ({ ...setting, number, scale })))
    this.#tail.update({ rate: (settings[0]?.rate ?? 0) * this.#options.rateRatio, l1: 0, l2: 0, number, scale })
  }

  /** Length of the whole gradient. */
  async #norm(): Promise<number> {
    return Math.sqrt((await this.#head.squaredNorm()) + this.#tail.squaredNorm())
  }

  async state(): Promise<NetworkState> {
    return copies(this.#live('all'))
  }

  async weights(): Promise<NetworkState> {
    return copies(this.#live('weights'))
  }

  /** The trained weights of the tail, by the names of the constants that they take the place of. */
  tensors(): ReadonlyMap<string, Float32Array> {
    return copies(new Map([...this.#tail.parameters].map(([name, { values }]) => [name, values])))
  }

  /** The arrays in use. */
  #live(what: 'all' | 'weights'): NetworkState {
    const tail = [...this.#tail.parameters].flatMap(([name, { values, state }]) => [
      [`tail.${name}`, values] as const,
      ...(what === 'all' ? state : []).map((array, slot) => [`tail.${name}.state${slot}`, array] as const),
    ])
    return new Map([...tail, ...prefixed('head', this.#head.state(what))])
  }

  async restore(state: NetworkState): Promise<void> {
    for (const [name, array] of this.#live('all')) array.set(state.get(name) ?? array)
  }

  async saved(): Promise<SavedLayer[]> {
    return withBiases(this.#head.saved())
  }

  close(): Promise<void> {
    return this.#tail.release()
  }
}

const copies = (state: NetworkState): NetworkState => new Map([...state].map(([name, array]) => [name, array.slice()]))
const prefixed = (prefix: string, state: NetworkState) => [...state].map(([name, array]) => [`${prefix}.${name}`, array] as const)
