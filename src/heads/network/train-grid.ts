import { UserError } from '../../base/errors.js'
import { type Matrix, matrix } from '../../engine/gemm.js'
import type { BatchLoss, Loss } from '../losses/loss.js'
import type { Setting } from '../optimizers/optimizer.js'
import { type ScheduleName, schedules } from '../schedules/index.js'
import type { Schedule } from '../schedules/schedule.js'
import type { CodeSource } from './code-window.js'
import { Network, type NetworkOptions } from './network.js'
import { batchesOf, type EpochScore, pairs, scored, trainBatches } from './run-epoch.js'
import { ScoreSums } from './score-sums.js'

/** One setting of a grid after its training. */
export type GridTrial = Setting & {
  /** Its best epoch on the validation part, from 1; 0 where its loss was never a finite number. */
  readonly epoch: number
  /** Of that epoch; null where there is none. */
  readonly loss: number | null
  readonly accuracy: number | null
  readonly valLoss: number | null
  readonly valAccuracy: number | null
}

export interface GridOptions {
  readonly network: Omit<NetworkOptions, 'layers' | 'outputs'>
  readonly settings: readonly Setting[]
  readonly train: CodeSource
  readonly validation: CodeSource
  readonly loss: Loss
  readonly epochs: number
  readonly batch: number
  readonly schedule: ScheduleName
  readonly seed: number
  readonly onEpoch?: ((epoch: number) => void) | undefined
}

/** The best setting's weights, and what became of all. */
export interface Grid {
  readonly trials: readonly GridTrial[]
  /** Place of the best one. */
  readonly best: number
  /** W [D, outputs] and b [outputs] of it, after its best epoch. */
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

/**
 * Trains one linear layer for many settings in one pass over the codes: their weights lie side by side, [D, settings · width], so a batch is read
 * and multiplied once for all. The best is that of the lowest validation loss over settings and epochs.
 *
 * Every setting starts with the weights that it would have alone, and takes the same batches. Source of the idea: DINOv2's linear evaluation (Oquab et al., 2023).
 */
export async function trainGrid(options: GridOptions): Promise<Grid> {
  const width = Math.ceil(options.loss.outputs / 4) * 4 // kernels of optimizers work on four values at once
  const network = await Network.create({ ...options.network, layers: [], outputs: width * options.settings.length })
  try {
    await startAlike(network, width, options)
    return await new GridRun(network, width, options).toEnd()
  } finally {
    await network.close()
  }
}

/** Gives each setting the first weights of a network of its own. */
async function startAlike(network: Network, width: number, { network: options, settings, loss: { outputs } }: GridOptions): Promise<void> {
  const alone = await Network.create({ ...options, layers: [], outputs, threads: 1 })
  const own = (await alone.weights()).get('stem.0.kernel') ?? new Float32Array()
  await alone.close()
  const kernel = new Float32Array(options.inputs * width * settings.length)
  for (let row = 0; row < options.inputs; row++) {
    const values = own.subarray(row * outputs, (row + 1) * outputs)
    for (const at of settings.keys()) kernel.set(values, (row * settings.length + at) * width)
  }
  await network.restore(new Map([['stem.0.kernel', kernel]]))
}

class GridRun {
  readonly #network: Network
  readonly #width: number
  readonly #options: GridOptions
  readonly #schedules: readonly Schedule[]
  readonly #trials: GridTrial[]
  #steps = 0
  #best: Omit<Grid, 'trials'> | undefined

  constructor(network: Network, width: number, options: GridOptions) {
    this.#network = network
    this.#width = width
    this.#options = options
    const { train, epochs, batch, schedule } = options
    const steps = epochs * Math.ceil(train.samples / batch)
    this.#schedules = options.settings.map(({ rate }) => schedules[schedule]({ rate, steps }))
    this.#trials = options.settings.map((setting) => ({
      ...setting,
      epoch: 0,
      loss: null,
      accuracy: null,
      valLoss: null,
      valAccuracy: null,
    }))
  }

  async toEnd(): Promise<Grid> {
    const { epochs, onEpoch } = this.#options
    for (let epoch = 0; epoch < epochs; epoch++) {
      const trained = await this.#epoch(epoch)
      const held = await this.#scores()
      for (const [at, schedule] of this.#schedules.entries()) schedule.afterEpoch?.(held[at]?.loss ?? Number.NaN)
      await this.#compare(epoch + 1, trained, held)
      onEpoch?.(epoch + 1)
    }
    if (!this.#best)
      throw new UserError(
        'Expected the loss of at least one setting of --grid to stay a finite number, but all diverged. Choose smaller rates.',
      )
    return { trials: this.#trials, ...this.#best }
  }

  /** Scores of the settings on the batches as they were met. */
  async #epoch(epoch: number): Promise<EpochScore[]> {
    const { train, batch, seed, settings } = this.#options
    const sums = new ScoreSums(settings.length)
    for await (const window of train.windows(epoch)) {
      await this.#network.load('train', window)
      for (const [now, next] of pairs(trainBatches(window, { batch, seed }, this.#steps))) {
        const number = ++this.#steps
        const present = settings.map((setting, at) => ({ ...setting, rate: this.#schedules[at]?.rate(number - 1) ?? 0 }))
        await this.#network.step(now, (logits) => sums.add(this.#take(logits, now.samples)), { settings: present, number, next })
      }
    }
    return sums.means(train.samples)
  }

  /** Turns the logits [n, settings · width] into gradients, setting by setting; padding has none. */
  #take({ rows, data, columns }: Matrix, samples: Int32Array): BatchLoss[] {
    const { loss, settings } = this.#options
    return settings.map((_, at) => {
      const own = matrix(rows, loss.outputs)
      for (let row = 0; row < rows; row++) {
        const from = row * columns + at * this.#width
        own.data.set(data.subarray(from, from + loss.outputs), row * loss.outputs)
      }
      const met = loss.take(own, samples)
      for (let row = 0; row < rows; row++) {
        const place = data.subarray(row * columns + at * this.#width, row * columns + (at + 1) * this.#width).fill(0)
        place.set(own.data.subarray(row * loss.outputs, (row + 1) * loss.outputs))
      }
      return met
    })
  }

  /** Of each setting on the validation part. */
  async #scores(): Promise<EpochScore[]> {
    const { validation, settings } = this.#options
    const sums = new ScoreSums(settings.length)
    for await (const window of validation.windows(0)) {
      await this.#network.load('held', window)
      for (const { rows, samples } of batchesOf(window, scored)) sums.add(this.#take(await this.#network.logits('held', rows), samples))
    }
    return sums.means(validation.samples)
  }

  async #compare(epoch: number, trained: readonly EpochScore[], held: readonly EpochScore[]): Promise<void> {
    for (const [at, { loss: valLoss, accuracy: valAccuracy }] of held.entries()) {
      const trial = this.#trials[at]
      const score = trained[at]
      if (!trial || !score || !(valLoss < (trial.valLoss ?? Number.POSITIVE_INFINITY))) continue
      this.#trials[at] = { ...trial, epoch, ...score, valLoss, valAccuracy }
    }
    const losses = this.#trials.map(({ valLoss }) => valLoss ?? Number.POSITIVE_INFINITY)
    const best = losses.indexOf(Math.min(...losses))
    if (this.#trials[best]?.epoch === epoch) this.#best = { best, ...(await this.#weights(best)) }
  }

  /** A setting's columns of the weights. */
  async #weights(at: number): Promise<Pick<Grid, 'kernel' | 'bias'>> {
    const layers = await this.#network.saved()
    const { kernel, bias } = layers[0]?.tensors ?? {}
    if (!kernel || !bias) throw new Error('Expected a dense layer with a bias')
    const [rows = 0] = kernel.shape
    const { outputs } = this.#options.loss
    const from = at * this.#width
    const columns = this.#width * this.#options.settings.length
    const own = new Float32Array(rows * outputs)
    for (let row = 0; row < rows; row++) own.set(kernel.data.subarray(row * columns + from, row * columns + from + outputs), row * outputs)
    return { kernel: own, bias: bias.data.slice(from, from + outputs) }
  }
}
