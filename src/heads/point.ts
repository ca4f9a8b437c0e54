import type { Basis, Coordinates } from './basis.js'

/** Weights (in a basis) and biases; also a step or a gradient. */
export interface Point {
  readonly weights: Coordinates
  /** One for each class. */
  readonly bias: readonly number[]
}

/** a + factor · b */
export function plus(a: Point, factor: number, b: Point): Point {
  return { weights: sum(a.weights, factor, b.weights), bias: sum(a.bias, factor, b.bias) }
}

export function times(factor: number, a: Point): Point {
  return { weights: a.weights.map((value) => factor * value), bias: a.bias.map((value) => factor * value) }
}

/** ⟨a, b⟩ = ⟨W, W'⟩ + b·b' / unit², where `unit` is how long a code the constant input of the biases would be. */
export function inner(basis: Basis, unit: number, a: Point, b: Point): number {
  return basis.inner(a.weights, b.weights) + a.bias.reduce((total, value, c) => total + value * (b.bias[c] ?? 0), 0) / unit ** 2
}

function sum(a: readonly number[], factor: number, b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, k) => (a[k] ?? 0) + factor * (b[k] ?? 0))
}
