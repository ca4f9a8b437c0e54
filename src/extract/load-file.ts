import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { messageOf } from '../base/errors.js'
import { BadImage } from '../images/bad-image.js'
import { toStamp } from '../images/file-stamp.js'

/** Largest file that is read, in bytes: far beyond any photograph, and what a film or a disk image exceeds. */
const largestFile = 2 ** 29

/** A file's bytes and what they are known by. */
export interface LoadedFile {
  readonly bytes: Uint8Array
  /** sha256 in hex. */
  readonly image: string
  readonly stamp: string
  /** When it was hashed, milliseconds since 1970. */
  readonly hashed: number
}

/**
 * Reads a file once and hashes what was read.
 *
 * @throws BadImage when it cannot be read, is no file, or changes meanwhile.
 */
export async function loadFile(path: string): Promise<LoadedFile> {
  const hashed = Date.now()
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(error)
  })
  try {
    const before = await file.stat({ bigint: true })
    if (!before.isFile()) throw new BadImage('unreadable', 'It is not a file.')
    if (before.size > largestFile) throw new BadImage('too-large', `It has ${before.size} bytes; files over ${largestFile} are not read.`)
    const bytes = await file.readFile().catch((error: unknown) => {
      throw unreadable(error)
    })
    const { stamp } = toStamp(before)
    if (toStamp(await file.stat({ bigint: true })).stamp !== stamp) throw new BadImage('changing', 'It changed while it was read.')
    return { bytes, image: createHash('sha256').update(bytes).digest('hex'), stamp, hashed }
  } finally {
    await file.close()
  }
}

const unreadable = (error: unknown) => new BadImage('unreadable', `It cannot be read: ${messageOf(error)}.`)

/** A file's bytes, or undefined where it cannot be read. */
export async function tryLoad(path: string): Promise<LoadedFile | undefined> {
  return loadFile(path).catch((error: unknown) => {
    if (error instanceof BadImage) return undefined
    throw error
  })
}
