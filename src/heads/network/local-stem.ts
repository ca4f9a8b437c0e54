import { createGemm, type Matrix, matrix } from '../../engine/gemm.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import { Chain } from '../layers/chain.js'
import { Dense } from '../layers/dense.js'
import { makeOptimizer, type OptimizerSettings } from '../optimizers/index.js'
import type { Step } from '../optimizers/optimizer.js'
import type { Tensor } from '../safetensors.js'
import type { SavedLayer } from '../save-head.js'
import { buildLayers } from './build-layers.js'
import type { WindowCodes } from './code-window.js'
import { copyRows } from './copy-rows.js'
import type { LayerSpec } from './head-spec.js'
import type { Batch, Stem, StemState, WindowName } from './stem.js'

/** What a stem is made of; a message to a thread. */
export interface StemSetup {
  /** The last one is the first dense layer. */
  readonly layers: readonly LayerSpec[]
  readonly optimizer: OptimizerSettings
  readonly seed: number
  /** Columns of the whole code. */
  readonly inputs: number
  /** Those that this stem takes, to exclusive. */
  readonly from: number
  readonly to: number
  /** Threads of one product; default all cores. */
  readonly threads?: number | undefined
}

/** Bytes of weights, gradient and state that a block of columns may take: what a core's caches hold, and large enough for quick products (2 ** 20 took a third more time). */
const blockBytes = 2 ** 22

/** A stem on some columns of the codes, worked through in blocks of columns. */
export class LocalStem implements Stem {
  readonly #chain: Chain
  readonly #from: number
  readonly #widths: readonly number[]
  readonly #windows = new Map<WindowName, WindowCodes>()
  readonly #float16 = createFloat16(createKernels())
  #blocks: readonly Matrix[] = []

  constructor({ layers, optimizer: settings, seed, inputs, from, to, threads }: StemSetup) {
    const optimizer = makeOptimizer(settings)
    const dense = layers.at(-1)
    const units = dense?.type === 'dense' ? dense.units : 1
    this.#from = from
    this.#widths = blockWidths(to - from, Math.floor(blockBytes / (4 * units * (2 + optimizer.state.length))))
    this.#chain = new Chain(
      buildLayers(layers, { gemm: createGemm(threads), optimizer, seed, widths: this.#widths, from, inputs, before: 0 }),
    )
  }

  async load(name: WindowName, window: WindowCodes): Promise<void> {
    this.#windows.set(name, window)
  }

  async forward({ name, rows, pass }: Batch): Promise<Matrix> {
    const window = this.#window(name)
    if (this.#blocks[0]?.rows !== rows.length) this.#blocks = this.#widths.map((width) => matrix(rows.length, width))
    for (const [at, block] of this.#blocks.entries()) this.#gather(window, rows, { block, at })
    const [outputs = matrix(0, 0)] = await this.#chain.forward(this.#blocks, pass)
    return outputs
  }

  #window(name: WindowName): WindowCodes {
    const window = this.#windows.get(name)
    if (!window) throw new Error(`Expected codes under the name ${name}`)
    return window
  }

  /** A block of columns of some rows of a window, as float32. */
  #gather(window: WindowCodes, rows: Int32Array, { block, at }: { block: Matrix; at: number }): void {
    copyRows(this.#float16, window, rows, { block, from: this.#from + at * (this.#widths[0] ?? 0) })
  }

  async squaredNorm(gradient: Matrix): Promise<number> {
    await this.#chain.backward([gradient], false)
    return this.#chain.squaredNorm()
  }

  async learn(gradient: Matrix, steps: readonly Step[], next: Batch | undefined): Promise<Matrix | undefined> {
    await this.#chain.backward([gradient], false)
    const [only, ...others] = this.#chain.layers
    if (next && others.length === 0 && only instanceof Dense && next.rows.length === gradient.rows) {
      const window = this.#window(next.name)
      return only.updateAndForward(steps, (block, at) => this.#gather(window, next.rows, { block, at }))
    }
    await this.#chain.update(steps)
    return next && this.forward(next)
  }

  async state(what: 'all' | 'weights'): Promise<StemState> {
    return new Map([...this.#chain.state(what)].map(([name, array]) => [name, array.slice()]))
  }

  async restore(state: StemState): Promise<void> {
    for (const [name, array] of this.#chain.state()) array.set(state.get(name) ?? array)
  }

  async saved(): Promise<SavedLayer[]> {
    return this.#chain.saved().map((layer) => ({ ...layer, tensors: mapValues(layer.tensors, copied) }))
  }

  async close(): Promise<void> {}
}

/** A tensor in memory of its own: messages take the whole memory along. */
const copied = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.slice() })

function mapValues<T>(values: { readonly [name: string]: T }, by: (value: T) => T): { readonly [name: string]: T } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, by(value)]))
}

/** Blocks of about `most` columns each, all but the last a multiple of 16. */
function blockWidths(columns: number, most: number): number[] {
  const width = Math.max(16, Math.floor(most / 16) * 16)
  return Array.from({ length: Math.ceil(columns / width) }, (_, at) => Math.min(width, columns - at * width))
}
