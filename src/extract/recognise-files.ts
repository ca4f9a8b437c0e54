import { join } from 'node:path'
import type { FileRecord } from '../cache/file-table.js'
import { fileStamp, isUnchanged } from '../images/file-stamp.js'
import type { ScannedFolder } from '../images/scan-folder.js'

/**
 * The files of a scan with what the catalog knows of them: a file with the size, times and inode of before needs no
 * reading, every other one has no hash until it is read.
 */
export function recognise({ root, files }: ScannedFolder, known: readonly FileRecord[]): FileRecord[] {
  const before = new Map(known.map((file) => [file.path, file]))
  // No copies: of millions of files each would take as much memory as all that is known of it.
  return files.map((file): FileRecord => {
    const { path, label, part } = file
    const record = before.get(path)
    const now = record?.image === undefined ? undefined : (file.seen ?? fileStamp(join(root, path)))
    if (!record || !now || !isUnchanged(now, record.stamp, record.hashed)) return file
    if (record.label === label && record.part === part) return record
    return { ...record, label, part }
  })
}
