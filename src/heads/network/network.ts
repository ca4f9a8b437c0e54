import { createGemm, type Matrix, matrix } from '../../engine/gemm.js'
import { Chain } from '../layers/chain.js'
import type { Pass } from '../layers/layer.js'
import { makeOptimizer, type OptimizerSettings } from '../optimizers/index.js'
import type { SavedLayer } from '../save-head.js'
import { bias, biased, buildLayers, withBiases } from './build-layers.js'
import type { WindowCodes } from './code-window.js'
import type { LayerSpec } from './head-spec.js'
import { openStem } from './open-stem.js'
import type { Stem, WindowName } from './stem.js'
import type { NetworkState, StepOptions, Trainable, TrainBatch } from './trainable.js'

export interface NetworkOptions {
  /** Between code and outputs. */
  readonly layers: readonly LayerSpec[]
  /** Length of a code. */
  readonly inputs: number
  readonly outputs: number
  readonly optimizer: OptimizerSettings
  readonly seed: number
  /** Threads of all work; default: as many as cores, which share the first dense layer unless it is small. */
  readonly threads?: number | undefined
}

/** Bytes of a network's dense layers in training: weights, two arrays of the optimizer's, and copies of the best epoch and on its way. */
export function weightBytes({ layers, inputs, outputs }: Pick<NetworkOptions, 'layers' | 'inputs' | 'outputs'>): number {
  const widths = [inputs, ...layers.flatMap((layer) => (layer.type === 'dense' ? [layer.units] : [])), outputs]
  const weights = widths.reduce((sum, width, at) => sum + width * (widths[at + 1] ?? 0), 0)
  return 4 * 6 * weights
}

/** A head that is trained by mini-batches: the stem on wide codes, and the rest behind its first dense layer. */
export class Network implements Trainable {
  readonly #stem: Stem
  readonly #rest: Chain
  /** The stem's part of the last step, under way while this thread goes on: it ends with the outputs of the next batch. */
  #ahead: { readonly of: TrainBatch | undefined; readonly outputs: Promise<Matrix | undefined> } | undefined

  private constructor(stem: Stem, rest: Chain) {
    this.#stem = stem
    this.#rest = rest
  }

  /** With Keras' initial weights: kernels Glorot-uniform by the seed, biases zero. */
  static async create({ layers, inputs, outputs, optimizer, seed, threads }: NetworkOptions): Promise<Network> {
    const all = [...layers, { type: 'dense', units: outputs } as const]
    const first = all.findIndex(({ type }) => type === 'dense') + 1
    const [stem, rest] = [all.slice(0, first), all.slice(first)]
    const units = unitsOf(stem.at(-1))
    const options = {
      gemm: createGemm(threads ?? 1), // small products: more threads would spin beside the stem's
      optimizer: makeOptimizer(optimizer),
      seed,
      widths: [units],
      from: 0,
      inputs: units,
      before: first,
    }
    const chain = new Chain(buildLayers([bias, ...biased(rest)], options))
    return new Network(await openStem({ layers: stem, optimizer, seed, inputs, threads }), chain)
  }

  /** Takes a window's codes, in place of those it had under this name. */
  load(name: WindowName, { buffer, dtype, rows, columns }: WindowCodes): Promise<void> {
    return this.#stem.load(name, { buffer, dtype, rows, columns })
  }

  /** Logits of some rows of a window, [n, outputs]. */
  async logits(name: WindowName, rows: Int32Array): Promise<Matrix> {
    await this.#ahead?.outputs
    return this.#behind(await this.#stem.forward({ name, rows, pass: held }), held)
  }

  async #behind(outputs: Matrix, pass: Pass): Promise<Matrix> {
    const [logits = matrix(0, 0)] = await this.#rest.forward([outputs], pass)
    return logits
  }

  /**
   * One step of training on some rows of the train window.
   *
   * @param take turns the logits [n, outputs] into the gradient of the loss, in place.
   */
  async step(batch: TrainBatch, take: (logits: Matrix) => void, { settings, number, clipNorm, next }: StepOptions): Promise<void> {
    const logits = await this.#behind(await this.#outputs(batch), training(batch.key))
    take(logits)
    const [gradient = matrix(0, 0)] = await this.#rest.backward([logits], true)
    const scale = clipNorm === undefined ? 1 : await this.#clip(gradient, clipNorm)
    const steps = settings.map((setting) => ({ ...setting, number, scale }))
    const outputs = this.#stem.learn(gradient, steps, next && stemBatch(next))
    outputs.catch(() => undefined) // told by whoever waits for it next
    this.#ahead = { of: next, outputs }
    await this.#rest.update(steps)
  }

  /** The stem's outputs, which may be under way since the last step. */
  async #outputs(batch: TrainBatch): Promise<Matrix> {
    const ahead = this.#ahead
    const outputs = await ahead?.outputs
    return outputs && ahead?.of === batch ? outputs : this.#stem.forward(stemBatch(batch))
  }

  /** The factor that brings the gradient's length down to `most`. */
  async #clip(gradient: Matrix, most: number): Promise<number> {
    const norm = Math.sqrt((await this.#stem.squaredNorm(gradient)) + (await this.#rest.squaredNorm()))
    return norm > most ? most / norm : 1
  }

  /** Copies of all that training changes. */
  state(): Promise<NetworkState> {
    return this.#copies('all')
  }

  /** Copies of what the network computes with: all but the optimizer's state. */
  weights(): Promise<NetworkState> {
    return this.#copies('weights')
  }

  async #copies(what: 'all' | 'weights'): Promise<NetworkState> {
    await this.#ahead?.outputs
    const stem = await this.#stem.state(what)
    const rest = this.#rest.state(what)
    return new Map([...[...stem].map(([name, array]) => [`stem.${name}`, array] as const), ...[...rest].map(copied)])
  }

  /** Takes what is there of a state; what is not stays. */
  async restore(state: NetworkState): Promise<void> {
    await this.#ahead?.outputs
    this.#ahead = undefined
    const ofStem = [...state].filter(([name]) => name.startsWith('stem.')).map(([name, array]) => [name.slice(5), array] as const)
    await this.#stem.restore(new Map(ofStem))
    for (const [name, array] of this.#rest.state()) array.set(state.get(`rest.${name}`) ?? array)
  }

  /** Its layers for a bundle, dense layers with their biases. */
  async saved(): Promise<SavedLayer[]> {
    await this.#ahead?.outputs
    return withBiases([...(await this.#stem.saved()), ...this.#rest.saved()])
  }

  async close(): Promise<void> {
    await this.#ahead?.outputs.catch(() => undefined)
    await this.#stem.close()
  }
}

const held: Pass = { training: false, key: 0 }
const training = (key: number): Pass => ({ training: true, key })
const stemBatch = ({ rows, key }: TrainBatch) => ({ name: 'train', rows, pass: training(key) }) as const

const unitsOf = (spec: LayerSpec | undefined) => (spec?.type === 'dense' ? spec.units : 0)

const copied = ([name, array]: readonly [string, Float32Array]) => [`rest.${name}`, array.slice()] as const
