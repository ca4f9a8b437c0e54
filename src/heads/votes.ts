import { type Matrix, matrix } from '../engine/gemm.js'
import type { Labels } from './labels.js'
import type { Nearest } from './nearest.js'

/** How neighbours vote. */
export interface VoteRule {
  /** k: how many of the nearest. */
  readonly neighbours: number
  /** T of the votes exp(similarity / T); null: all alike. */
  readonly temperature: number | null
}

/** Shares of the votes of each row's k nearest, [rows, classes]. Source of exp(similarity / 0.07): Wu et al. (2018), DINO (2021). */
export function votes(nearest: Nearest, labels: Labels, classes: number, { neighbours, temperature }: VoteRule): Matrix {
  const { places, similarities, count } = nearest
  const shares = matrix(places.length / count, classes)
  for (let row = 0; row < shares.rows; row++) {
    const from = row * count
    const weightAt = (i: number) =>
      temperature === null ? 1 : Math.exp(((similarities[i] as number) - (similarities[from] as number)) / temperature)
    const to = from + Math.min(neighbours, count)
    let total = 0
    for (let i = from; i < to; i++) total += weightAt(i)
    for (let i = from; i < to; i++) {
      const at = row * classes + (labels[places[i] as number] as number)
      shares.data[at] = (shares.data[at] as number) + weightAt(i) / total
    }
  }
  return shares
}
