import { usageError } from '../base/errors.js'
import type { FileRecord } from './file-table.js'

/** Which files of a data set to take. */
export interface Selection {
  readonly classes?: readonly string[] | undefined
  readonly excludeClasses?: readonly string[] | undefined
  /** Paths below the data folder, or sha256 in hex. */
  readonly exclude?: ReadonlySet<string> | undefined
}

/** Whether a file is to be taken; by its hash too where that is known. */
export function isSelected(
  { path, label, image }: Pick<FileRecord, 'path' | 'label' | 'image'>,
  { classes, excludeClasses, exclude }: Selection,
): boolean {
  if (classes && !classes.includes(label)) return false
  if (excludeClasses?.includes(label)) return false
  return !exclude?.has(path) && !(image !== undefined && exclude?.has(image))
}

/** Throws for names in --classes or --exclude-classes that no class has: they are slips of the pen. */
export function checkClasses({ classes = [], excludeClasses = [] }: Selection, known: ReadonlySet<string>): void {
  for (const [option, names] of [
    ['--classes', classes],
    ['--exclude-classes', excludeClasses],
  ] as const) {
    const unknown = names.find((name) => !known.has(name))
    if (unknown === undefined) continue
    const classes = [...known].filter((name) => name !== '')
    if (classes.length === 0) throw usageError(option, 'left out where images lie in no class folder', unknown)
    throw usageError(option, `among the classes ${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ', …' : ''}`, unknown)
  }
}
