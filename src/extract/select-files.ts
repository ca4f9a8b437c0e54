import { UserError } from '../base/errors.js'
import type { FileRecord } from '../cache/file-table.js'
import { checkClasses, isSelected } from '../cache/selection.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { ExtractSeveralOptions } from './options.js'
import { isInShard } from './shard-of-files.js'

/**
 * The files that a run takes; a part of a small folder may be empty.
 *
 * @throws UserError when there are none.
 */
export function selectFiles(files: readonly FileRecord[], scanned: ScannedFolder, options: ExtractSeveralOptions): FileRecord[] {
  checkClasses(options, new Set(files.map(({ label }) => label)))
  const selected = files.filter((file) => isSelected(file, options))
  if (selected.length === 0) throw nothingSelected(scanned, options)
  return options.shard ? selected.filter((file) => isTaken(file, options)) : selected
}

/** Whether a run takes a file. */
export function isTaken(file: FileRecord, options: ExtractSeveralOptions): boolean {
  const { shard } = options
  return isSelected(file, options) && (!shard || isInShard(file.path, shard))
}

function nothingSelected({ root, files }: ScannedFolder, { classes = [] }: ExtractSeveralOptions): UserError {
  const known = [...new Set(files.map((file) => file.label))].filter((label) => label !== '')
  const asked = classes.length > 0 ? ` with --classes ${classes.join()}` : ''
  return new UserError(
    `Expected images to take in ${root}${asked}, found that all ${files.length} are left out. Its classes are ${known.slice(0, 10).join(', ') || 'none'}${known.length > 10 ? ', …' : ''}.`,
    2,
  )
}
