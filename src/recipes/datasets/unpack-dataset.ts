import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode, messageOf, UserError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { isAbandoned, temporaryName } from '../../base/temporary-name.js'
import { writeRemedy } from '../../base/write-remedy.js'
import { countImages } from './count-images.js'
import type { DatasetSource } from './dataset-source.js'
import { openArchive } from './open-archive.js'
import { type UnpackOptions, unpackTar } from './unpack-tar.js'

/** Photographs in JPEG hardly compress. */
const unfolding = 2

/**
 * Unpacks a data set's archive beside `folder` and renames it to that when it is whole: a half-done one never bears its name.
 * What killed processes left is removed.
 *
 * @throws UserError where the archive is not what it should be, or the folder exists.
 */
export async function unpackDataset(
  archive: string,
  { source, folder, ...options }: Pick<UnpackOptions, 'signal' | 'onFile'> & { readonly source: DatasetSource; readonly folder: string },
): Promise<void> {
  const above = dirname(folder)
  makeFolder(above)
  await removeAbandoned(above)
  const temporary = join(above, temporaryName())
  await mkdir(temporary)
  try {
    const stream = await openArchive(archive, source)
    await unpackTar(stream, { ...options, root: source.root, folder: temporary, maxBytes: unfolding * source.bytes + 2 ** 20 })
    const images = await countImages(temporary)
    if (images !== source.images) throw new Error(`${images} images in it`)
    if (existsSync(folder)) throw new Error(`that ${folder} has come into being meanwhile`)
    await rename(temporary, folder)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isWriteError(error))
      throw new UserError(`Expected to unpack ${archive} into ${above}, found ${messageOf(error)}. ${writeRemedy(error)}.`)
    throw new UserError(
      `Expected ${archive} to be the archive of ${source.title} with ${source.images} images, found ${messageOf(error)}. Nothing was unpacked. Fetch ${source.url} again.`,
    )
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The disk's fault, not the archive's. */
function isWriteError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isAbandoned(name)) await rm(join(folder, name), { recursive: true, force: true })
}
