import type { Loss } from '../losses/loss.js'
import { type ScheduleName, schedules } from '../schedules/index.js'
import type { Schedule } from '../schedules/schedule.js'
import type { CodeSource } from './code-window.js'
import { type EpochScore, type Penalty, runEpoch, scoreOf } from './run-epoch.js'
import type { NetworkState, Trainable } from './trainable.js'

/** One epoch. */
export type EpochEntry = {
  /** From 1. */
  readonly epoch: number
  /** On the batches as they were met, penalties left out. */
  readonly loss: number
  readonly accuracy: number
  /** On the validation part after the epoch; null without one. */
  readonly valLoss: number | null
  readonly valAccuracy: number | null
  /** Learning rate of its last step. */
  readonly rate: number
}

/** What tells a better epoch. */
export const monitors = ['val-loss', 'val-accuracy', 'loss', 'accuracy'] as const
export type Monitor = (typeof monitors)[number]

export interface TrainingOptions {
  readonly train: CodeSource
  readonly validation: CodeSource | undefined
  readonly loss: Loss
  readonly epochs: number
  readonly batch: number
  /** Highest learning rate. */
  readonly rate: number
  readonly schedule: ScheduleName
  readonly seed: number
  readonly penalty: Penalty
  /** Whose best epoch stays, and what `patience` waits for. Default val-loss; without a validation part none: the last epoch stays. */
  readonly monitor?: Monitor | undefined
  /** Whether the weights at the beginning take part in that choice, as those of epoch 0; not where the train part is monitored. */
  readonly keepStart?: boolean | undefined
  /** Epochs without a gain after which training stops; default: never. */
  readonly patience?: number | undefined
  /** What an interrupted training had come to. */
  readonly resume?: TrainingState | undefined
  readonly signal?: AbortSignal | undefined
  /** Awaited after each epoch: the place to keep its state. */
  readonly onEpoch?: ((history: readonly EpochEntry[], state: () => Promise<TrainingState>) => Promise<void>) | undefined
  readonly onBatch?: ((epoch: number, seen: number, mean: EpochScore) => void) | undefined
}

/** A training after some epochs: with it, it goes on to the same numbers. */
export interface TrainingState {
  readonly history: readonly EpochEntry[]
  readonly steps: number
  readonly network: NetworkState
  readonly best: Best | undefined
}

/** The best epoch so far by what is monitored, and its weights. */
export interface Best {
  readonly epoch: number
  readonly weights: NetworkState
}

export interface Training {
  readonly history: readonly EpochEntry[]
  /** The epoch whose weights the network has now; 0: those at the beginning, or none, its loss having diverged in the first. */
  readonly best: number
  /** On the validation part at the beginning, where that takes part in the choice. */
  readonly start: EpochScore | undefined
  /** Why it ended. */
  readonly ended: 'epochs' | 'patience' | 'diverged'
}

/**
 * Trains a network by mini-batches, and leaves it with the weights of its best epoch.
 *
 * It ends early where the loss is no finite number any more, or beyond all reason; the best epoch before that stays.
 *
 * @throws the signal's reason when it is aborted: what `onEpoch` kept serves to resume.
 */
export async function trainNetwork(network: Trainable, options: TrainingOptions): Promise<Training> {
  const run = new TrainingRun(network, options)
  await run.resume()
  return run.toEnd()
}

/** Not finite, or a thousand times that of a network that knows nothing, ln C for C outputs. */
function hasDiverged({ loss }: EpochScore, { outputs }: Loss): boolean {
  return !(loss <= 1000 * (1 + Math.log(outputs)))
}

class TrainingRun {
  readonly #network: Trainable
  readonly #options: TrainingOptions
  readonly #monitor: Monitor | undefined
  readonly #schedule: Schedule
  #history: readonly EpochEntry[] = []
  #steps = 0
  #best: Best | undefined
  #start: EpochScore | undefined

  constructor(network: Trainable, options: TrainingOptions) {
    const { train, epochs, batch, rate, validation, monitor = validation && 'val-loss' } = options
    this.#network = network
    this.#options = options
    this.#monitor = monitor
    this.#schedule = schedules[options.schedule]({ rate, steps: epochs * Math.ceil(train.samples / batch) })
  }

  /** Looks at the beginning, and goes on where an interrupted training was. */
  async resume(): Promise<void> {
    const { resume, keepStart, validation, loss } = this.#options
    if (keepStart && validation && this.#monitor?.startsWith('val')) {
      this.#start = await scoreOf(this.#network, validation, loss)
      this.#best = { epoch: 0, weights: await this.#network.weights() }
    }
    if (!resume) return
    await this.#network.restore(resume.network)
    this.#history = resume.history
    this.#steps = resume.steps
    this.#best = resume.best
    for (const entry of resume.history) this.#schedule.afterEpoch?.(this.#badness(entry))
  }

  async toEnd(): Promise<Training> {
    let ended = this.#ended()
    while (!ended) ended = (await this.#epoch()) ? this.#ended() : 'diverged'
    if (this.#best) await this.#network.restore(this.#best.weights)
    return { history: this.#history, best: this.#best?.epoch ?? 0, start: this.#start, ended }
  }

  /** Why there is no further epoch, if so: asked before the first one too, since a resumed training may be at its end. */
  #ended(): Training['ended'] | undefined {
    const { epochs, patience = Number.POSITIVE_INFINITY } = this.#options
    if (this.#history.length - (this.#best?.epoch ?? 0) >= patience) return 'patience'
    return this.#history.length >= epochs ? 'epochs' : undefined
  }

  /** One more epoch; false where the loss has diverged. */
  async #epoch(): Promise<boolean> {
    const { train, validation, loss, onBatch, onEpoch } = this.#options
    const epoch = this.#history.length
    const { score, steps } = await runEpoch(this.#network, {
      ...this.#options,
      source: train,
      epoch,
      before: this.#steps,
      schedule: this.#schedule,
      onBatch: onBatch && ((seen, mean) => onBatch(epoch + 1, seen, mean)),
    })
    this.#steps += steps
    const held = validation && (await scoreOf(this.#network, validation, loss))
    if (hasDiverged(score, loss) || (held && hasDiverged(held, loss))) return false
    const rate = this.#schedule.rate(this.#steps - 1)
    const entry = { epoch: epoch + 1, ...score, valLoss: held?.loss ?? null, valAccuracy: held?.accuracy ?? null, rate }
    this.#history = [...this.#history, entry]
    this.#schedule.afterEpoch?.(this.#badness(entry))
    if (this.#isBest(entry)) this.#best = { epoch: entry.epoch, weights: await this.#network.weights() }
    await onEpoch?.(this.#history, () => this.#state())
    return true
  }

  async #state(): Promise<TrainingState> {
    return { history: this.#history, steps: this.#steps, network: await this.#network.state(), best: this.#best }
  }

  /** Where nothing is monitored every epoch is: the last one stays, or the last before the loss diverged. */
  #isBest(entry: EpochEntry): boolean {
    if (!this.#monitor) return true
    const best = this.#history[(this.#best?.epoch ?? 0) - 1] ?? startEntry(this.#start)
    return !best || this.#badness(entry) < this.#badness(best)
  }

  /** What is monitored, the smaller the better. */
  #badness({ loss, accuracy, valLoss, valAccuracy }: Omit<EpochEntry, 'epoch' | 'rate'>): number {
    if (this.#monitor === 'val-accuracy') return -(valAccuracy ?? accuracy)
    if (this.#monitor === 'accuracy') return -accuracy
    return this.#monitor === 'loss' ? loss : (valLoss ?? loss)
  }
}

/** The beginning as if it were an epoch: only its validation part is looked at. */
const startEntry = (start: EpochScore | undefined) =>
  start && { loss: start.loss, accuracy: start.accuracy, valLoss: start.loss, valAccuracy: start.accuracy }
