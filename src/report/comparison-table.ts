import type { SeriesComparison } from '../evaluate/compare-series.js'
import { textTable } from './text-table.js'

/** Rows that are read at a glance; of more than these the largest size alone is shown. */
const MOST = 12

/**
 * Paired tests between series as a table for the terminal, differences in points of a percentage: all of them, or where they are many
 * those at the largest size. Undefined where there are none.
 */
export function comparisonTable(comparisons: readonly SeriesComparison[]): string | undefined {
  const sizes = comparisons.map(sizeOf)
  const last = Math.max(...sizes)
  const shown = comparisons.length <= MOST ? comparisons : comparisons.filter((one) => sizeOf(one) === last)
  const [first] = shown
  if (!first) return undefined
  const title = first.total === null ? 'per class' : 'images'
  const columns = ['series', 'less', title, 'points', '95 % interval', 'p'].map(
    (title, at) => ({ title, align: at < 2 ? 'left' : 'right' }) as const,
  )
  const rows = shown.map((one) => [
    one.a,
    one.b,
    sizeOf(one),
    points(one.difference),
    `${points(one.low)} … ${points(one.high)}`,
    pText(one.p),
  ])
  const left = comparisons.length - shown.length
  const rest = left > 0 ? ` ${left} more are in the JSON.` : ''
  return `${textTable(columns, rows)}\np: paired t-test on the same sub-samples, corrected for ${comparisons.length} comparisons (Holm).${rest}`
}

const sizeOf = ({ perClass, total }: SeriesComparison) => total ?? perClass

/** 0.0123 → '+1.2'. */
function points(difference: number): string {
  const text = (difference * 100).toFixed(1)
  return difference > 0 ? `+${text}` : text.replace('-', '−')
}

const pText = (p: number) => (p < 0.001 ? '< 0.001' : p.toFixed(3))
