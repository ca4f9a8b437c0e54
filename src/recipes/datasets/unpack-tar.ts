import { createWriteStream } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { makeFolder } from '../../base/make-folder.js'
import { entryPlace } from './entry-place.js'

export interface UnpackOptions {
  /** The archive's only folder, which is taken off. */
  readonly root: string
  /** A new and empty folder. */
  readonly folder: string
  /** More than this, headers included, is refused: images hardly compress, what unfolds to much more is a bomb. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
  /** Told how many files there are so far. */
  readonly onFile?: ((files: number) => void) | undefined
}

/** A header is a block of its own. */
const headerBytes = 512

/**
 * Unpacks a .tar.gz into a folder: plain files and folders alone, inside the folder alone, with the permissions of new files.
 *
 * @returns the number of files.
 * @throws Error that says what was found instead: a link, a device, a path that leads out, a name that is there twice, a cut archive.
 */
export async function unpackTar(archive: Readable, { folder, root, maxBytes, signal, onFile }: UnpackOptions): Promise<number> {
  let [files, bytes] = [0, 0]
  const tar = extract()
  const take = async ({ name, type, size }: Header, content: Readable) => {
    bytes += headerBytes + size
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes in it`)
    if (type === 'directory') return skip(content)
    if (type !== 'file' && type !== 'contiguous-file') throw new Error(`a ${type} in it, ${JSON.stringify(name)}`)
    const path = entryPlace(name, root, folder)
    if (path === undefined) return skip(content)
    makeFolder(dirname(path))
    await pipeline(content, createWriteStream(path, { flags: 'wx' }))
    onFile?.(++files)
  }
  tar.on('entry', (header, content, next) => void take(header, content).then(() => next(), next))
  await pipeline(archive, createGunzip(), tar, { signal })
  return files
}

/** Reads a stream to its end. */
async function skip(content: Readable): Promise<void> {
  for await (const _ of content);
}
