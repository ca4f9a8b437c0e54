import type { Basis, Coordinates } from './basis.js'

/** Weights (in a basis) and biases; also a step, or how a gradient changed. */
export interface Point {
  readonly weights: Coordinates
  /** One for each class. */
  readonly bias: readonly number[]
}

/** a + factor · b */
export function plus(a: Point, factor: number, b: Point): Point {
  return { weights: sum(a.weights, factor, b.weights), bias: sum(a.bias, factor, b.bias) }
}

/** factor · a */
export function times(factor: number, a: Point): Point {
  return { weights: a.weights.map((value) => factor * value), bias: a.bias.map((value) => factor * value) }
}

/** The inner product of points: ⟨W, W'⟩ + b·b' / unit². */
export type Inner = (a: Point, b: Point) => number

/** With biases as weights of one more input, constant and `unit` long; a long one gives biases long strides. */
export function innerProduct(basis: Basis, unit: number): Inner {
  return (a, b) => {
    let biases = 0
    for (let c = 0; c < a.bias.length; c++) biases += (a.bias[c] as number) * (b.bias[c] as number)
    return basis.inner(a.weights, b.weights) + biases / unit ** 2
  }
}

/** From ∂loss/∂(W, b) to the gradient of loss + λ‖W‖² under `innerProduct`, at `point`; changes over a step likewise. */
export function penalised(change: Point, point: Point, l2: number, unit: number): Point {
  return { weights: sum(change.weights, 2 * l2, point.weights), bias: change.bias.map((value) => value * unit ** 2) }
}

function sum(a: readonly number[], factor: number, b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, k) => (a[k] ?? 0) + factor * (b[k] ?? 0))
}
