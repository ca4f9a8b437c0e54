import { join } from 'node:path'
import type { FileRecord } from '../cache/file-table.js'
import { fileStamp, isUnchanged } from '../images/file-stamp.js'
import type { ScannedFile, ScannedFolder } from '../images/scan-folder.js'

/**
 * The files of a scan with what the catalog knows of them: a file with the size, times and inode of before needs no
 * reading, every other one has no hash until it is read.
 */
export function recognise({ root, files }: ScannedFolder, known: readonly FileRecord[]): FileRecord[] {
  const before = new Map(known.map((file) => [file.path, file]))
  return files.map((file) => {
    const record = before.get(file.path)
    return record ? recogniseFile(root, file, record) : file
  })
}

/**
 * A file with what a record of its path knows, where the file is unchanged; else the file itself: of millions of files a copy of each
 * would take as much memory as all that is known of it.
 */
export function recogniseFile(root: string, file: ScannedFile, record: FileRecord): FileRecord {
  const { path, label, part } = file
  const now = record.image === undefined ? undefined : (file.seen ?? fileStamp(join(root, path)))
  if (!now || !isUnchanged(now, record.stamp, record.hashed)) return file
  return record.label === label && record.part === part ? record : { ...record, label, part }
}
