import { createHash } from 'node:crypto'
import { type FileHandle, link, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { syncFolder } from '../base/sync-folder.js'
import { temporaryName } from '../base/temporary-name.js'

/** A file that was published under the digest of its content. */
export interface Published {
  /** sha256 of the content, in hex. */
  readonly digest: string
  readonly bytes: number
}

/**
 * Writes content, given in pieces, under its own sha256, so that it is either there whole or not at all, whatever fails:
 * temporary name, fsync, link to the final name without overwriting, fsync of the folder. Only a file whose content is
 * not what its name says (a failing disk, a broken copy) is replaced.
 */
export async function publish(folder: string, content: readonly Uint8Array[], extension: string): Promise<Published> {
  const made = makeFolder(folder)
  if (made !== undefined) await syncFolder(dirname(made))
  const digest = sha256(content)
  const temporary = join(folder, temporaryName())
  try {
    await withFile(temporary, 'wx', async (file) => {
      for (const piece of content) await file.writeFile(piece) // each goes on behind the one before
      await file.sync()
    })
    const path = join(folder, `${digest}${extension}`)
    await link(temporary, path).catch(async (error: unknown) => {
      const linkless = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error) ?? '') // exFAT and the like
      if (errorCode(error) !== 'EEXIST' && !linkless) throw error
      const there = await readFile(path).catch(() => undefined)
      if (!there || sha256([there]) !== digest) await rename(temporary, path)
    })
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
  await syncFolder(folder)
  return { digest, bytes: content.reduce((sum, piece) => sum + piece.length, 0) }
}

function sha256(content: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of content) hash.update(piece)
  return hash.digest('hex')
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags)
  try {
    await use(file)
  } finally {
    await file.close()
  }
}
