import { type Matrix, matrix } from '../engine/gemm.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { ResolvedHead } from './resolve-head.js'
import type { Split } from './split.js'
import type { TrainedHead } from './trained-head.js'
import { inAllViews } from './view-table.js'

/** Least probability whose logarithm is taken. */
const least = 1e-30

/**
 * Scores of the test part, [test, C]: of the plain images, or with `tta` by the mean over all views, of probabilities where the head
 * gives some (told as logits again), else of its scores.
 */
export async function testScores(
  head: Pick<TrainedHead, 'scores'>,
  parts: Split,
  { tta = false, head: spec, solver }: Pick<ResolvedHead, 'tta' | 'head' | 'solver'>,
): Promise<Matrix> {
  const { test, views } = parts
  if (!tta || !views) return head.scores(test)
  const all = inAllViews(test, parts)
  const output = solver === 'svm' ? 'linear' : parseHead(spec).output
  let sum: Matrix | undefined
  for (let view = 0; view < views.count; view++) {
    const scores = await head.scores(all.subarray(view * test.length, (view + 1) * test.length))
    const answers = toAnswers(scores, output)
    sum ??= matrix(scores.rows, scores.columns)
    for (let i = 0; i < answers.length; i++) sum.data[i] = (sum.data[i] as number) + (answers[i] as number) / views.count
  }
  if (!sum) throw new Error('Expected at least one view')
  return { ...sum, data: sum.data.map((mean) => toScore(mean, output)) }
}

export type Output = 'softmax' | 'sigmoid' | 'linear'

/** Probabilities, where scores are logits. */
export function toAnswers({ data, columns }: Matrix, output: Output): Float32Array {
  if (output === 'linear') return data
  if (output === 'sigmoid') return data.map((value) => 1 / (1 + Math.exp(-value)))
  const answers = new Float32Array(data.length)
  for (let from = 0; from < data.length; from += columns) {
    const row = data.subarray(from, from + columns)
    const top = Math.max(...row)
    const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0)
    for (const [at, value] of row.entries()) answers[from + at] = Math.exp(value - top) / total
  }
  return answers
}

function toScore(mean: number, output: Output): number {
  if (output === 'linear') return mean
  return Math.log(Math.max(mean, least)) - (output === 'sigmoid' ? Math.log(Math.max(1 - mean, least)) : 0)
}
