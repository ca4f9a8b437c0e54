import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Writes a whole file, in one or several pieces, under a temporary name beside it, then renames it: nobody ever sees half a file. */
export async function writeAtomic(file: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`)
  const whole = typeof content === 'string' || content instanceof Uint8Array
  try {
    await writeFile(temporary, whole ? content : content.values(), { flag: 'wx' })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}
