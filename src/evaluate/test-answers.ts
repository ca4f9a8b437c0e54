import { type Matrix, matrix } from '../engine/gemm.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { ResolvedHead } from './resolve-head.js'
import type { Split } from './split.js'
import { toAnswers } from './test-scores.js'

/** What a head says of the test part, in the order of its samples. */
export interface TestAnswers {
  /** scores: margins, or what else a head gives that is no probability; the largest is the predicted class. */
  readonly kind: 'probabilities' | 'scores'
  /** [test, classes] */
  readonly values: Matrix
}

/** Probabilities from scores, where the head gives some: shares of the votes of nearest neighbours among them. */
export function testAnswers(scores: Matrix, parts: Split, { head, solver }: Pick<ResolvedHead, 'head' | 'solver'>): TestAnswers {
  if (solver === 'knn') return { kind: 'probabilities', values: scores }
  if (solver === 'ridge' || solver === 'svm' || solver === 'ncm') return { kind: 'scores', values: scores }
  // Of two classes one sigmoid tells: its scores are 0 and z, and the softmax of these is 1 − σ(z) and σ(z).
  const isOne = parts.targets === undefined && parts.classes.length === 2
  const data = toAnswers(scores, isOne ? 'softmax' : parseHead(head).output)
  return { kind: 'probabilities', values: matrix(scores.rows, scores.columns, Float32Array.from(data)) }
}
