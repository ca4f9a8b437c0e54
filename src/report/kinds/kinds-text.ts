import { basename } from 'node:path'
import { type ComparedKind, kindNames, poolName } from '../../evaluate/compared-kind.js'
import { type TextColumn, textTable } from '../text-table.js'
import type { KindsComparison } from './kinds-comparison.js'

const right = (title: string): TextColumn => ({ title, align: 'right' })

const columns: readonly TextColumn[] = [
  { title: 'codes' },
  { title: 'pool' },
  ...['accuracy %', '95 % interval', 'images/s', 'numbers', 'disk MB'].map(right),
  { title: 'Pareto' },
]

/** Kinds of codes as a table for the terminal, and what it means. */
export function kindsText(comparison: KindsComparison): string {
  const { rows } = comparison
  const names = kindNames(rows)
  const cells = rows.map((row, at) => cellsOf(row, names[at] ?? row.model))
  return [textTable(columns, cells), ...kindsNotes(comparison)].join('\n')
}

function cellsOf(row: ComparedKind, name: string): string[] {
  const { accuracy, imagesPerSecond, codeLength, bytes, pareto } = row
  const speed = imagesPerSecond === null ? 'not known' : speedText(imagesPerSecond)
  return [
    ...[name, poolName(row), percent(accuracy), intervalText(row), speed],
    ...[codeLength.toLocaleString('en-US'), (bytes / 1e6).toFixed(1), pareto ? '*' : ''],
  ]
}

/** Three digits: the speed of large networks is below 10. */
export const speedText = (imagesPerSecond: number) => (imagesPerSecond < 100 ? imagesPerSecond.toPrecision(3) : imagesPerSecond.toFixed(0))

const percent = (share: number) => (share * 100).toFixed(1)

/** Cut to what an accuracy can be. */
function intervalText({ low, high }: ComparedKind): string {
  return low === null || high === null ? 'none' : `${percent(Math.max(0, low))} – ${percent(Math.min(1, high))}`
}

/** What the figures mean, in sentences. */
export function kindsNotes({ rows, repeats, asked, test, classes, seed, perClass, data, images, split }: KindsComparison): string[] {
  const heads = [...new Set(rows.map(({ head, solver }) => (head === solver ? head : `${head} by ${solver}`)))].join(', ')
  const seeds = repeats === 1 ? `one split (seed ${seed})` : `${repeats} splits (seeds ${seed} to ${seed + repeats - 1}, the same for all)`
  const few = perClass === null ? '' : `, at most ${perClass} train images of each class`
  const same = repeats < asked ? ['Every split is the same, as folders give the parts: there is one, and no interval.'] : []
  return [
    `${basename(data)}: ${images.toLocaleString('en-US')} images of ${classes} classes; accuracy of ${heads} on ${test.toLocaleString('en-US')} test images, ${seeds}, share for training ${split.train}${few}.`,
    ...same,
    ...cleanNote(rows),
    'Pareto set: no other row is at least as good in accuracy, images per second and disk, and better in one.',
    ...speedNotes(rows),
  ]
}

/** Where the speeds come from, each source once. */
function speedNotes(rows: readonly ComparedKind[]): string[] {
  const names = kindNames(rows)
  const byNote = new Map<string, Set<string>>()
  for (const [at, { speedNote, model }] of rows.entries()) {
    byNote.set(speedNote, (byNote.get(speedNote) ?? new Set()).add(names[at] ?? model))
  }
  const runs = new Set(rows.flatMap(({ speedFrom, speedNote }) => (speedFrom === null ? [] : speedNote)))
  return [
    ...[...byNote].map(([note, of]) => `Images per second of ${[...of].join(', ')}: ${note}.`),
    ...(runs.size > 1
      ? ['These speeds are of different times, when the machine may have had other work: --speed measured measures all in turns.']
      : []),
  ]
}

/** Accuracies without leaked test images, where there are any. */
function cleanNote(rows: readonly ComparedKind[]): string[] {
  const names = kindNames(rows)
  const clean = rows.flatMap((row, at) =>
    row.cleanAccuracy === null ? [] : `${names[at] ?? row.model} ${poolName(row)} ${percent(row.cleanAccuracy)} %`,
  )
  return clean.length === 0 ? [] : [`Without test images that are shown in training too (docs/duplicates.md): ${clean.join(', ')}.`]
}
