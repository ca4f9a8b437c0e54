import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'

/** Writes a file so that it is either the old one or the new one, never half: temporary name, then rename. */
export async function writeAtomic(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, typeof content === 'string' || content instanceof Uint8Array ? content : content[Symbol.iterator]())
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
