import type { Kernels, Pointer } from '../../kernels/kernels.js'

/** Where some weights, their gradient and their state lie in the kernels' memory: rows of values, and bytes between the rows. */
export interface Region {
  readonly weights: Pointer
  readonly gradient: Pointer
  readonly state: readonly Pointer[]
  /** Rounded up to a multiple of 4. */
  readonly count: number
  readonly rows: number
  readonly skip: number
}

/** What a step is made with. */
export interface Step extends Setting {
  /** 1, 2, … */
  readonly number: number
  /** Factor of the gradient: below 1 where it is clipped. */
  readonly scale: number
}

/** What settings that are trained side by side may differ in. */
export interface Setting {
  readonly rate: number
  /** Gradient of loss + l1·Σ|w| + l2·Σw²; both 0 for what is not penalised. */
  readonly l1: number
  readonly l2: number
}

/** An optimizer by the rule and defaults of Keras 3. To add one: a file here, a line in the index, a row in the tests' table. */
export interface Optimizer {
  /** Default learning rate. */
  readonly rate: number
  /** Starting value of each array of state, of the weights' size. */
  readonly state: readonly number[]
  step(kernels: Kernels, region: Region, step: Step): void
}

/** Arguments that every kernel begins with. */
export function kernelArguments(
  { weights, gradient, state, count, rows, skip }: Region,
  { scale, l1, l2 }: Step,
): [Pointer, Pointer, ...numbers: number[]] {
  return [weights, gradient, ...state, count, rows, skip, scale, l1, 2 * l2]
}
