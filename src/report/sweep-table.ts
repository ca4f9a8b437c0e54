import type { SweepPoint } from '../evaluate/sweep-point.js'
import { seriesNames } from './series.js'
import { type TextColumn, textTable } from './text-table.js'

const columns: readonly TextColumn[] = [
  { title: 'images', align: 'right' },
  { title: 'repeats', align: 'right' },
  { title: 'accuracy %', align: 'right' },
  { title: '95 % interval', align: 'right' },
]

const perClass: TextColumn = { title: 'per class', align: 'right' }

/**
 * The sweep as a table for the terminal, accuracies as percentages: one row per point, a column for the series where there are
 * several, and a footnote where classes were too small for a size.
 */
export function sweepTable(points: readonly SweepPoint[]): string {
  const names = seriesNames(points)
  const several = new Set(names).size > 1
  const short = points.filter((point) => point.shortClasses > 0)
  const rows = points.map((point, index) => [...(several ? [names[index] ?? point.model] : []), ...cells(point, short.length > 0)])
  const sized = points.some(({ total }) => total !== null) ? columns : [perClass, ...columns]
  const table = textTable(several ? [{ title: 'series' }, ...sized] : sized, rows)
  return short.length > 0 ? `${table}\n${footnote(short)}` : table
}

/** Unmarked sizes get a space where others have the mark, so that digits stand below each other. */
function cells(point: SweepPoint, marks: boolean): string[] {
  const mark = point.shortClasses > 0 ? '*' : ' '
  const images = point.trainImages.toLocaleString('en-US')
  const size = point.total === null ? [`${point.perClass}${marks ? mark : ''}`] : []
  return [...size, images, String(point.repeats), percent(point.mean), interval(point)]
}

/** Cut to what an accuracy can be, 0…100. */
function interval({ low, high }: SweepPoint): string {
  return low === null || high === null ? 'none' : `${percent(Math.max(0, low))} – ${percent(Math.min(1, high))}`
}

function percent(fraction: number): string {
  return (fraction * 100).toFixed(1)
}

function footnote(short: readonly SweepPoint[]): string {
  const counts = new Map<number, number>()
  for (const { perClass, shortClasses } of short) counts.set(perClass, Math.max(shortClasses, counts.get(perClass) ?? 0))
  const list = [...counts].map(([perClass, count]) => `${count} ${count === 1 ? 'class' : 'classes'} at ${perClass}`).join(', ')
  return `* Some classes have fewer training images than asked for and give all they have: ${list}.`
}
