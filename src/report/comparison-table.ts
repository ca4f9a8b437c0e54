import type { Comparison } from '../evaluate/compare-series.js'
import { sizeOf } from '../evaluate/sweep-point.js'
import { seriesNames } from './series.js'
import { textTable } from './text-table.js'

/** Differences between curves as a table for the terminal, in points of a percentage; empty where there are none. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  if (comparisons.length === 0) return ''
  const names = seriesNames(comparisons.flatMap(({ a, b }) => [a, b]))
  const rows = comparisons.map(({ difference, low, high, p, ...rest }, at) => [
    `${names[2 * at]} less ${names[2 * at + 1]}`,
    String(sizeOf(rest)),
    points(difference),
    `${points(low)} – ${points(high)}`,
    p < 0.001 ? '< 0.001' : p.toFixed(3),
  ])
  const right = (title: string) => ({ title, align: 'right' }) as const
  const columns = [{ title: 'difference' }, right('size'), right('points'), right('95 % interval'), right('p')]
  return textTable(columns, rows)
}

const points = (fraction: number) => `${fraction > 0 ? '+' : ''}${(100 * fraction).toFixed(1)}`
