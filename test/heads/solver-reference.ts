import { readFileSync } from 'node:fs'
import { type Matrix, matrix } from '../../src/engine/gemm.js'
import { type ReferenceCodes, tallCodes, u, wideCodes } from './reference-codes.js'

type Shape = 'tall' | 'wide'

/** What scikit-learn gives, see test/fixtures/make_solvers.py. */
interface SolverReference {
  /** Objectives per sample. */
  readonly runs: readonly (Readonly<Record<string, number>> & { readonly shape: Shape; readonly skewed: boolean; readonly C: number })[]
  readonly ridge: readonly {
    readonly shape: Shape
    readonly alpha: number
    readonly objective: number
    readonly intercept: readonly number[]
    readonly first_scores: readonly number[]
    readonly left_out: readonly number[]
    readonly left_out_loss: number
  }[]
  readonly neighbours: readonly {
    readonly shape: Shape
    readonly k: number
    readonly alike: readonly number[]
    readonly weighted: readonly number[]
  }[]
  readonly means: readonly { readonly shape: Shape; readonly predicted: readonly number[] }[]
}

export const solverReference: SolverReference = JSON.parse(readFileSync('test/fixtures/solvers.json', 'utf8'))

/** The codes of a shape; skewed ones have classes of unequal size. */
export function solverCodes(shape: Shape, skewed = false): ReferenceCodes {
  const made = shape === 'tall' ? tallCodes() : wideCodes()
  if (!skewed) return made
  return { ...made, labels: made.labels.map((_, i) => Math.min(made.classes - 1, Math.floor(made.classes * u(77, i) ** 2))) }
}

/** 40 other samples of the same classes. */
export function freshCodes(shape: Shape): Matrix {
  const [d, k, spread] = shape === 'tall' ? [64, 900, 0.6] : [1024, 902, 0.3]
  const value = (i: number) => 2 * u(k + 50, i) - 1 + spread * (2 * u(k + 1, (Math.floor(i / d) % 10) * d + (i % d)) - 1)
  return matrix(
    40,
    d,
    Float32Array.from({ length: 40 * d }, (_, i) => value(i)),
  )
}
