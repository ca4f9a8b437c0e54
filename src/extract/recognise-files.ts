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
  return files.map(({ path, label, part }) => {
    const record = before.get(path)
    const now = record?.image === undefined ? undefined : fileStamp(join(root, path))
    const same = record && now && isUnchanged(now, record.stamp, record.hashed)
    return { path, label, part, ...(same ? { stamp: record.stamp, hashed: record.hashed, image: record.image } : unread) }
  })
}

const unread = { stamp: undefined, hashed: undefined, image: undefined }
