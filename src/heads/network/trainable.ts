import type { Matrix } from '../../engine/gemm.js'
import type { Setting } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import type { WindowCodes } from './code-window.js'
import type { WindowName } from './stem.js'

/** What a step is made with. */
export interface StepOptions {
  /** One, or several of which each has equal columns of the outputs. */
  readonly settings: readonly Setting[]
  /** 1, 2, … */
  readonly number: number
  /** Longest gradient of the loss (global norm); longer ones are scaled down to it. */
  readonly clipNorm?: number | undefined
  /** The batch of the next step, if it is known: nothing else may be asked of the network before that step. */
  readonly next?: TrainBatch | undefined
}

/** Rows of the train window. */
export interface TrainBatch {
  readonly rows: Int32Array
  /** Of its random numbers. */
  readonly key: number
}

/** What a network's training state is made of, by name. */
export type NetworkState = ReadonlyMap<string, Float32Array>

/** What is trained by mini-batches of codes: a head, or a head behind the last layers of a backbone. */
export interface Trainable {
  /** Takes a window's codes, in place of those it had under this name. */
  load(name: WindowName, window: WindowCodes): Promise<void>
  /** Logits of some rows of a window, [n, outputs]. */
  logits(name: WindowName, rows: Int32Array): Promise<Matrix>
  /**
   * One step of training on some rows of the train window.
   *
   * @param take turns the logits [n, outputs] into the gradient of the loss, in place.
   */
  step(batch: TrainBatch, take: (logits: Matrix) => void, options: StepOptions): Promise<void>
  /** Copies of all that training changes. */
  state(): Promise<NetworkState>
  /** Copies of what it computes with: all but the optimizer's state. */
  weights(): Promise<NetworkState>
  /** Takes what is there of a state; what is not stays. */
  restore(state: NetworkState): Promise<void>
  /** The head's layers for a bundle, dense layers with their biases. */
  saved(): Promise<SavedLayer[]>
  close(): Promise<void>
}
