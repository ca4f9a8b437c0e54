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
