import type { Matrix } from '../engine/gemm.js'
import type { SavedLayer } from '../heads/save-head.js'
import type { DataSet } from './data-set.js'
import type { Features } from './features.js'
import type { HeadOptions } from './head-options.js'
import type { Split } from './split.js'

/** What a head is trained on, and how. */
export interface HeadJob {
  readonly data: DataSet
  /** `train` may be a sub-sample. */
  readonly parts: Split
  readonly options: HeadOptions
  /** The codes in the space that suits solvers; opened at the first call, which may compute a Gram matrix. */
  readonly features: () => Promise<Features>
  /** Fit again on train and validation together, once a choice was made on the latter. */
  readonly refit: boolean
  /** One of many in a sweep: it keeps nothing to be resumed, tells nothing of how it ended, and of the validation part only what it chose by. */
  readonly isSwept?: boolean | undefined
  /** Part of the objective that may be left to gain, for solvers that go to an optimum; default the solver's. */
  readonly tolerance?: number | undefined
}

/** One step of the training: a setting that was tried, or an epoch. */
export type HistoryEntry = {
  /** Iterations or epochs so far. */
  readonly epoch: number
  /** Where λ is searched for. */
  readonly l2?: number
  /** Learning rate of the epoch's last step. */
  readonly rate?: number
  readonly loss: number
  readonly accuracy: number
  readonly valLoss: number | null
  readonly valAccuracy: number | null
}

/** A head of any kind after its training, and how that went. */
export interface TrainedHead {
  /** Images that it was trained on in the end; of several views each is a sample. */
  readonly samples: Int32Array
  /** Iterations or epochs, all settings together. */
  readonly epochs: number
  /** The epoch whose weights it has, where there are epochs; 0: those that it began with. */
  readonly kept?: number
  readonly history: readonly HistoryEntry[]
  /** On `samples`; and on the validation part by a head that had not seen it, null without such a part. */
  readonly accuracy: { readonly train: number; readonly validation: number | null }
  /** What was chosen (or given), as options: with them, heads on other samples are trained alike, and nothing is chosen again. */
  readonly chosen: HeadSettings
  /** What it was trained on: products of codes, or codes. */
  readonly space: 'gram' | 'weight'
  /** Scores of some samples, [m, classes]: the largest is the predicted class; in a multi-label set those above 0 are the predicted labels. */
  scores(samples: Int32Array): Promise<Matrix>
  /** What a bundle keeps of it. */
  layers(): Promise<readonly SavedLayer[]>
  /** Told when the head is saved: what was kept to resume its training is of no more use. */
  finish?(): void
  /** Gives threads and memory back; after it the head is of no more use. */
  close?(): Promise<void>
}

/** Hyper-parameters that a training may choose. */
export type HeadSettings = {
  readonly l2?: number
  readonly neighbours?: number
  readonly temperature?: number | null
  readonly lr?: number
  readonly grid?: undefined
}

/** Trains one kind of head. */
export type HeadTrainer = (job: HeadJob) => Promise<TrainedHead>
