import type { Catalog } from '../cache/catalog.js'
import type { FileRecord } from '../cache/file-table.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { type FoundFiles, findFiles } from './find-files.js'
import { type KnownCodes, knownCodes } from './known-codes.js'
import type { ExtractSeveralOptions } from './options.js'
import { isTaken, selectFiles } from './select-files.js'
import type { Target } from './target.js'

/** What there is to do, as the folder and the catalog tell before anything is read. */
export interface Stock extends Pick<FoundFiles, 'changes'> {
  readonly dataset: number
  /** All files of the folder, and those that the run takes; what is known of their content stands in those that are to be read. */
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
  const stocks = targets.map((target) => ({
    target,
    known: knownCodes(catalog, { fingerprint: target.fingerprint, dataset, ...options }),
  }))
  const { files, changes, isSettled } = findFiles(catalog, scanned, { dataset, targets: stocks, ...options })
  const selected = selectFiles(files, scanned, options)
  const todo = files.filter((file, at) => isSettled[at] === 0 && isTaken(file, options))
  return { dataset, changes, files, selected, todo, targets: stocks }
}
