import { type CsvCell, csvText } from '../base/csv.js'
import type { SweepPoint } from '../evaluate/sweep-point.js'

/** What a column holds, from its point and the number of the repeat (from 0). */
type Column = readonly [name: string, value: (point: SweepPoint, repeat: number) => CsvCell]

/** The columns in order. Accuracies are fractions, 0…1; those of the point (mean, low, high) stand in each of its rows. */
const columns: readonly Column[] = [
  ['model', (point) => point.model],
  ['layer', (point) => point.layer],
  ['pool', (point) => point.pool], // none, avg, max or concat
  ['head', (point) => point.head],
  ['solver', (point) => point.solver],
  ['per_class', (point) => point.perClass], // cap of training images in each class; their mean in a sweep over totals
  ['total', (point) => point.total], // training images asked for in all; empty in a sweep over images per class
  ['train_images', (point) => point.trainImages], // training images used, all classes together
  ['short_classes', (point) => point.shortClasses], // classes with fewer than per_class
  ['repeat', (_, repeat) => repeat + 1], // 1, 2, …
  ['accuracy', (point, repeat) => point.accuracies[repeat] ?? null], // test accuracy of this repeat
  ['mean', (point) => point.mean], // over the point's repeats
  ['low', (point) => point.low], // 95 % interval of the mean; empty where there is none
  ['high', (point) => point.high],
]

/** The sweep as CSV: one row per point and repeat. */
export function sweepCsv(points: readonly SweepPoint[]): string {
  const rows = points.flatMap((point) => point.accuracies.map((_, repeat) => columns.map(([, value]) => value(point, repeat))))
  return csvText(
    columns.map(([name]) => name),
    rows,
  )
}
