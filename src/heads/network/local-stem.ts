import { createGemm, type Matrix, matrix } from '../../engine/gemm.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import { Chain } from '../layers/chain.js'
import type { Pass } from '../layers/layer.js'
import { type OptimizerName, optimizers } from '../optimizers/index.js'
import type { Step } from '../optimizers/optimizer.js'
import type { Tensor } from '../safetensors.js'
import type { SavedLayer } from '../save-head.js'
import { buildLayers } from './build-layers.js'
import type { CodeWindow } from './code-window.js'
import type { LayerSpec } from './head-spec.js'
import type { Stem, StemState, WindowName } from './stem.js'

/** What a stem is made of; a message to a thread. */
export interface StemSetup {
  /** The last one is the first dense layer. */
  readonly layers: readonly LayerSpec[]
  readonly optimizer: OptimizerName
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
  readonly #windows = new Map<WindowName, CodeWindow>()
  readonly #float16 = createFloat16(createKernels())
  #blocks: readonly Matrix[] = []
  /** The step under way: all else waits for it. */
  #last: Promise<void> = Promise.resolve()

  constructor({ layers, optimizer: name, seed, inputs, from, to, threads }: StemSetup) {
    const optimizer = optimizers[name]()
    const dense = layers.at(-1)
    const units = dense?.type === 'dense' ? dense.units : 1
    this.#from = from
    this.#widths = blockWidths(to - from, Math.floor(blockBytes / (4 * units * (2 + optimizer.state.length))))
    this.#chain = new Chain(
      buildLayers(layers, { gemm: createGemm(threads), optimizer, seed, widths: this.#widths, from, inputs, before: 0 }),
    )
  }

  async load(name: WindowName, window: CodeWindow): Promise<void> {
    this.#windows.set(name, window)
  }

  async forward(name: WindowName, rows: Int32Array, pass: Pass): Promise<Matrix> {
    await this.#last
    const window = this.#windows.get(name)
    if (!window) throw new Error(`Expected codes under the name ${name}`)
    const [outputs = matrix(0, 0)] = await this.#chain.forward(this.#gather(window, rows), pass)
    return outputs
  }

  /** Rows of a window as float32, in blocks of columns. */
  #gather({ buffer, dtype, columns }: CodeWindow, rows: Int32Array): readonly Matrix[] {
    if (this.#blocks[0]?.rows !== rows.length) this.#blocks = this.#widths.map((width) => matrix(rows.length, width))
    let from = this.#from
    const bytes = dtype === 'float16' ? 2 : 4
    for (const { columns: width, data } of this.#blocks) {
      rows.forEach((row, at) => {
        const place = (row * columns + from) * bytes
        const target = data.subarray(at * width, (at + 1) * width)
        if (dtype === 'float16') this.#float16.fromFloat16(new Uint16Array(buffer, place, width), target)
        else target.set(new Float32Array(buffer, place, width))
      })
      from += width
    }
    return this.#blocks
  }

  async squaredNorm(gradient: Matrix): Promise<number> {
    await this.#last
    await this.#chain.backward([gradient], false)
    return this.#chain.squaredNorm()
  }

  learn(gradient: Matrix, step: Step): Promise<void> {
    this.#last = this.#last.then(async () => {
      await this.#chain.backward([gradient], false)
      await this.#chain.update(step)
    })
    return this.#last
  }

  async state(): Promise<StemState> {
    await this.#last
    return new Map([...this.#chain.state()].map(([name, array]) => [name, array.slice()]))
  }

  async restore(state: StemState): Promise<void> {
    await this.#last
    for (const [name, array] of this.#chain.state()) array.set(state.get(name) ?? array)
  }

  async saved(): Promise<SavedLayer[]> {
    await this.#last
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
