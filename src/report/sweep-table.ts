import { seriesNames } from '../evaluate/series.js'
import type { SweepPoint } from '../evaluate/sweep-point.js'
import { type TextColumn, textTable } from './text-table.js'

const columns: readonly TextColumn[] = [
  { title: 'images', align: 'right' },
  { title: 'repeats', align: 'right' },
  { title: 'accuracy %', align: 'right' },
  { title: '95 % interval', align: 'right' },
]

/**
 * The sweep as a table for the terminal, accuracies as percentages: one row per point, a column for the series where there are
 * several, one for images per class where they were swept, and a footnote where classes were too small for a size.
 */
export function sweepTable(points: readonly SweepPoint[]): string {
  const names = seriesNames(points)
  const several = new Set(names).size > 1
  const perClass = points.some((point) => point.total === null)
  const short = points.filter((point) => point.shortClasses > 0)
  const rows = points.map((point, index) => [
    ...(several ? [names[index] ?? point.model] : []),
    ...(perClass ? [sizeText(point, short.length > 0)] : []),
    ...cells(point),
  ])
  const titles = [...(several ? [{ title: 'series' }] : []), ...(perClass ? [{ title: 'per class', align: 'right' } as const] : [])]
  const table = textTable([...titles, ...columns], rows)
  return short.length > 0 ? `${table}\n${footnote(short)}` : table
}

/** Unmarked sizes get a space where others have the mark, so that digits stand below each other. */
function sizeText({ perClass, shortClasses }: SweepPoint, marks: boolean): string {
  const mark = shortClasses > 0 ? '*' : ' '
  return `${perClass}${marks ? mark : ''}`
}

function cells(point: SweepPoint): string[] {
  return [point.trainImages.toLocaleString('en-US'), String(point.repeats), percent(point.mean), interval(point)]
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
