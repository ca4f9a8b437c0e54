import type { Matrix } from '../../engine/gemm.js'
import type { Pass } from '../layers/layer.js'
import type { Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import type { WindowCodes } from './code-window.js'

/** Arrays by name, such as weights and optimizer state: the first axis of each is that of the input's columns. */
export type StemState = ReadonlyMap<string, Float32Array>

/**
 * A head's layers up to and including its first dense one without the bias: they need of each sample column by column only, so threads
 * share them by columns.
 */
export interface Stem {
  /** Takes a window's codes, in place of those it had under this name. */
  load(name: WindowName, window: WindowCodes): Promise<void>
  /** Outputs of some rows of a window, [n, units]. */
  forward(batch: Batch): Promise<Matrix>
  /** Squared length of the parameters' gradient, from that of the last outputs. */
  squaredNorm(gradient: Matrix): Promise<number>
  /** Moves the parameters, from the gradient of the last outputs; returns the outputs of the next batch, where there is one. */
  learn(gradient: Matrix, steps: readonly Step[], next: Batch | undefined): Promise<Matrix | undefined>
  /** Copies of weights and moving statistics; `all`: of the optimizer's state too. */
  state(what: 'all' | 'weights'): Promise<StemState>
  restore(state: StemState): Promise<void>
  saved(): Promise<SavedLayer[]>
  close(): Promise<void>
}

/** Samples to train on, and samples that are only looked at. */
export type WindowName = 'train' | 'held'

/** Rows of a window on their way through the layers. */
export interface Batch {
  readonly name: WindowName
  readonly rows: Int32Array
  readonly pass: Pass
}
