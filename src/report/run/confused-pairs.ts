import type { TestResult, TestResults } from '../../evaluate/test-results.js'
import { predictedClass } from './predictions.js'

/** Test images of one class that were taken for another. */
export interface ConfusedPair {
  readonly actual: string
  readonly predicted: string
  /** The surest first. */
  readonly rows: readonly TestResult[]
  /** Test images of the class. */
  readonly of: number
}

/** Pairs by the number of images, then by the share of the class. */
export function confusedPairs({ classes, rows }: Pick<TestResults, 'classes' | 'rows'>): ConfusedPair[] {
  const support = new Map<string, number>()
  const pairs = new Map<string, { actual: string; predicted: string; rows: TestResult[] }>()
  for (const row of rows) {
    const actual = row.labels[0] ?? ''
    const predicted = classes[predictedClass(row.answers)] ?? ''
    support.set(actual, (support.get(actual) ?? 0) + 1)
    if (actual === predicted) continue
    const key = JSON.stringify([actual, predicted])
    const known = pairs.get(key) ?? { actual, predicted, rows: [] }
    known.rows.push(row)
    pairs.set(key, known)
  }
  return [...pairs.values()]
    .map((pair) => ({ ...pair, rows: pair.rows.toSorted((a, b) => top(b) - top(a)), of: support.get(pair.actual) ?? 0 }))
    .sort((a, b) => b.rows.length - a.rows.length || a.of - b.of)
}

const top = ({ answers }: TestResult) => answers[predictedClass(answers)] ?? 0
