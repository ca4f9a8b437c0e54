import type { Matrix } from '../engine/gemm.js'
import { argmaxRows } from './argmax.js'
import type { Labels } from './labels.js'
import type { Nearest } from './nearest.js'
import { accuracyOf, isBetter, type Score } from './score.js'
import { type VoteRule, votes } from './votes.js'

/** Rules to choose from: those that come first win on ties. */
export const voteRules: readonly VoteRule[] = [5, 10, 20, 50, 3, 1].flatMap((neighbours) =>
  [0.07, null].map((temperature) => ({ neighbours, temperature })),
)

/** Chooses how many neighbours vote, and how, by accuracy on samples with these labels, ties by mean −log of the truth's share. */
export function chooseVotes(
  nearest: Nearest,
  { own, candidates, classes }: { readonly own: Labels; readonly candidates: Labels; readonly classes: number },
): VoteRule {
  let best: { readonly rule: VoteRule; readonly score: Score } | undefined
  for (const rule of voteRules) {
    const shares = votes(nearest, candidates, classes, rule)
    const score = { accuracy: accuracyOf(argmaxRows(shares), own), loss: lossOf(shares, own) }
    if (!best || isBetter(score, best.score)) best = { rule, score }
  }
  return best?.rule ?? { neighbours: 1, temperature: null }
}

/** Shares of nothing count as 1e-7, Keras' epsilon. */
function lossOf({ columns, data }: Matrix, labels: Labels): number {
  let sum = 0
  for (const [row, label] of labels.entries()) sum -= Math.log(Math.max(data[row * columns + label] as number, 1e-7))
  return sum / labels.length
}
