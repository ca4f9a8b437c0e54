import { dirname } from 'node:path'
import { messageOf, UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { writeRemedy } from '../base/write-remedy.js'

/**
 * Writes an exported file, whole or not at all, making its folder.
 *
 * @throws UserError where it cannot be written.
 */
export async function writeExported(path: string, bytes: Uint8Array): Promise<void> {
  try {
    makeFolder(dirname(path))
    await writeAtomic(path, bytes)
  } catch (error) {
    throw new UserError(
      `Expected to write ${path}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)}, or give another --out.`,
    )
  }
}
