import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { clearAbandoned, temporaryName } from './temporary-name.js'

/**
 * Writes a whole file, in one or several pieces, under a temporary name beside it, then renames it: nobody ever sees half a
 * file. Temporary files that killed writers left in the folder are removed first: they may be as large as this one.
 */
export async function writeAtomic(file: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const folder = dirname(file)
  clearAbandoned(folder)
  const temporary = join(folder, temporaryName())
  const whole = typeof content === 'string' || content instanceof Uint8Array
  try {
    await writeFile(temporary, whole ? content : content.values(), { flag: 'wx' })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}
