import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { clauseOf, errorCode } from '../base/errors.js'
import { BadImage } from '../images/bad-image.js'
import { toStamp } from '../images/file-stamp.js'

// File handles of node:fs/promises cost 0.1 ms of CPU a file, these 0.03. What is asked of an open file needs no waiting.
const { closeSync, constants, fstatSync, readlinkSync } = fs
const open = promisify(fs.open)
const read = promisify(fs.read)

/** Largest file that is read, in bytes: far beyond any photograph, and what a film or a disk image exceeds. */
export const largestFile = 2 ** 29

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
    throw unreadable(path, error)
  })
  try {
    const before = fstatSync(file, { bigint: true })
    if (before.isDirectory()) throw new BadImage('unreadable', isFolder)
    if (!before.isFile()) throw new BadImage('unreadable', 'It is not a file but a pipe or a device.')
    if (before.size > largestFile) throw new BadImage('too-large', `It has ${before.size} bytes; files over ${largestFile} are not read.`)
    const bytes = Buffer.allocUnsafeSlow(Number(before.size))
    const { bytesRead } = await read(file, bytes, 0, bytes.length, 0).catch((error: unknown) => {
      throw unreadable(path, error)
    })
    const { stamp } = toStamp(before)
    if (bytesRead < bytes.length || toStamp(fstatSync(file, { bigint: true })).stamp !== stamp)
      throw new BadImage('changing', 'It changed while it was read.')
    return { bytes, image: createHash('sha256').update(bytes).digest('hex'), stamp, hashed }
  } finally {
    closeSync(file)
  }
}

const isFolder = 'It is a folder named like an image file. Rename it to have the images in it, or take it away.'

function unreadable(path: string, error: unknown): BadImage {
  return new BadImage('unreadable', reasonOf(path, error))
}

function reasonOf(path: string, error: unknown): string {
  const code = errorCode(error)
  if (code === 'ENOENT') {
    const target = linkTarget(path)
    return target === undefined ? 'It is gone.' : `It is a link to ${target}, where nothing is.`
  }
  if (code === 'ELOOP') return 'It is a link that leads in a circle.'
  if (code === 'EACCES' || code === 'EPERM') return 'Its permissions forbid to read it.'
  return `It cannot be read: ${clauseOf(error)}.`
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
