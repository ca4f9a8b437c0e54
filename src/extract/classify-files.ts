import { join } from 'node:path'
import type { FileRecord } from '../cache/file-table.js'
import { fileStamp, isUnchanged } from '../images/file-stamp.js'
import type { ScannedFolder } from '../images/scan-folder.js'

/** Which files of a data set to take. */
export interface Selection {
  readonly classes?: readonly string[] | undefined
  readonly excludeClasses?: readonly string[] | undefined
  /** Paths below the data folder, or sha256 in hex. */
  readonly exclude?: ReadonlySet<string> | undefined
}

/**
 * The files of a scan with what the catalog knows of them: a file with the size, times and inode of before needs no
 * reading, every other one has no hash until it is read.
 */
export function recognise({ root, files }: ScannedFolder, known: readonly FileRecord[]): FileRecord[] {
  const before = new Map(known.map((file) => [file.path, file]))
  return files.map(({ path, label, part }) => {
    const record = before.get(path)
    const now = record?.image === undefined ? undefined : fileStamp(join(root, path))
    const same = record && now && isUnchanged(now, record.stamp, record.hashed)
    return { path, label, part, ...(same ? { stamp: record.stamp, hashed: record.hashed, image: record.image } : unread) }
  })
}

const unread = { stamp: undefined, hashed: undefined, image: undefined }

/** Whether a file is to be taken; by its hash too where that is known. */
export function isSelected({ path, label, image }: Pick<FileRecord, 'path' | 'label' | 'image'>, { classes, excludeClasses, exclude }: Selection): boolean {
  if (classes && !classes.includes(label)) return false
  if (excludeClasses?.includes(label)) return false
  return !exclude?.has(path) && !(image !== undefined && exclude?.has(image))
}
