import { type CsvCell, csvText } from '../../base/csv.js'
import type { ComparedKind } from '../../evaluate/compared-kind.js'

/** The columns in order. Accuracies are fractions, 0…1. */
const columns: readonly (readonly [name: string, value: (row: ComparedKind) => CsvCell])[] = [
  ['model', (row) => row.model],
  ['layer', (row) => row.layer],
  ['size', (row) => row.size],
  ['precision', (row) => row.precision],
  ['resize', (row) => row.resize],
  ['decoder', (row) => row.decoder],
  ['fingerprint', (row) => row.fingerprint],
  ['pool', (row) => row.pool],
  ['head', (row) => row.head],
  ['solver', (row) => row.solver],
  ['accuracy', (row) => row.accuracy], // mean over the splits
  ['low', (row) => row.low], // 95 % interval of the mean; empty where there is none
  ['high', (row) => row.high],
  ['clean_accuracy', (row) => row.cleanAccuracy], // without leaked test images; empty where there are none
  ['splits', (row) => row.accuracies.length],
  ['images_per_second', (row) => row.imagesPerSecond], // empty where it is not known
  ['speed_from', (row) => row.speedFrom], // run or measured
  ['code_length', (row) => row.codeLength], // after pooling
  ['bytes', (row) => row.bytes], // on the disk, before pooling
  ['pareto', (row) => (row.pareto ? 1 : 0)],
]

/** Kinds of codes as CSV, a row each. */
export function kindsCsv(rows: readonly ComparedKind[]): string {
  return csvText(
    columns.map(([name]) => name),
    rows.map((row) => columns.map(([, value]) => value(row))),
  )
}
