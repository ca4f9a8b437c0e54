import type { Catalog } from '../cache/catalog.js'
import type { FileRecord } from '../cache/file-table.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { type KnownCodes, knownCodes } from './known-codes.js'
import type { ExtractSeveralOptions } from './options.js'
import { recognise } from './recognise-files.js'
import { selectFiles } from './select-files.js'
import type { Target } from './target.js'

/** What there is to do, as the folder and the catalog tell before anything is read. */
export interface Stock {
  readonly dataset: number
  /** The data set's files as the catalog has them. */
  readonly before: readonly FileRecord[]
  /** All files of the folder with what is known of them, and those that the run takes. */
  readonly files: readonly FileRecord[]
  readonly selected: readonly FileRecord[]
  /** Files to read: at least one kind of code is missing. */
  readonly todo: readonly FileRecord[]
  readonly targets: readonly TargetStock[]
}

/** What the catalog has of one kind of code. */
export interface TargetStock {
  readonly target: Target
  readonly known: KnownCodes
}

export function takeStock(catalog: Catalog, scanned: ScannedFolder, targets: readonly Target[], options: ExtractSeveralOptions): Stock {
  const dataset = catalog.files.addDataset(scanned.root)
  const before = catalog.files.files(dataset)
  const files = recognise(scanned, before)
  const selected = selectFiles(files, scanned, options)
  const stocks = targets.map((target) => ({
    target,
    known: knownCodes(catalog, { fingerprint: target.fingerprint, dataset, ...options }),
  }))
  const todo = selected.filter((file) => stocks.some(({ known }) => known.standing(file) === 'open'))
  return { dataset, before, files, selected, todo, targets: stocks }
}
