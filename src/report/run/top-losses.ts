import type { TestResult, TestResults } from '../../evaluate/test-results.js'
import { predictedClass } from './predictions.js'

/** A test image, and by how much it was missed. */
export interface Loss {
  readonly row: TestResult
  /** −ln p of what is true, over all labels where there are several; of scores the largest other one less that of its class. */
  readonly loss: number
  readonly isRight: boolean
  readonly predicted: readonly string[]
  /** Probability of the predicted class, and of its own; undefined where there are several labels, or no probabilities. */
  readonly confidence?: number
  readonly own?: number
}

/** Least probability whose logarithm is taken. */
const LEAST = 1e-12

/** The images of the largest losses. */
export function topLosses(
  { kind, classes, rows }: TestResults,
  { isMultiLabel, most }: { readonly isMultiLabel: boolean; readonly most: number },
): Loss[] {
  const lossOf = isMultiLabel ? ofLabels(classes) : kind === 'scores' ? ofScores(classes) : ofClass(classes)
  return rows
    .map(lossOf)
    .sort((a, b) => b.loss - a.loss)
    .slice(0, most)
}

const ofClass = (classes: readonly string[]) => (row: TestResult) => {
  const { predicted, best, own } = found(classes, row)
  return { row, loss: -Math.log(Math.max(own, LEAST)), isRight: isOwn(row, predicted), predicted: [predicted], confidence: best, own }
}

const ofScores = (classes: readonly string[]) => (row: TestResult) => {
  const { predicted, own } = found(classes, row)
  const others = row.answers.filter((_, at) => classes[at] !== row.labels[0])
  return { row, loss: Math.max(...others) - own, isRight: isOwn(row, predicted), predicted: [predicted] }
}

/** Binary cross-entropy, summed over the labels. */
const ofLabels = (classes: readonly string[]) => (row: TestResult) => {
  const truth = new Set(row.labels)
  const predicted = classes.filter((_, at) => (row.answers[at] ?? 0) > 0.5)
  const loss = classes.reduce((sum, label, at) => {
    const p = row.answers[at] ?? 0
    return sum - Math.log(Math.max(truth.has(label) ? p : 1 - p, LEAST))
  }, 0)
  return { row, loss, predicted, isRight: predicted.length === truth.size && predicted.every((label) => truth.has(label)) }
}

function found(classes: readonly string[], { answers, labels }: TestResult) {
  const at = predictedClass(answers)
  return { predicted: classes[at] ?? '', best: answers[at] ?? 0, own: answers[classes.indexOf(labels[0] ?? '')] ?? 0 }
}

const isOwn = ({ labels }: TestResult, predicted: string) => predicted === labels[0]
