import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { readZip } from '../../weights/zip-file.js'
import type { DatasetSource } from './dataset-source.js'

/**
 * The .tar.gz of a data set as a stream: the archive itself, or what the zip archive holds (which fits into memory).
 *
 * @throws Error that says what was found where the zip archive is none, or holds no such file.
 */
export async function openArchive(path: string, { inner }: Pick<DatasetSource, 'inner'>): Promise<Readable> {
  if (inner === undefined) return createReadStream(path, { highWaterMark: 2 ** 20 })
  const bytes = readZip(await readFile(path), (name) => name === inner).get(inner)
  if (!bytes) throw new Error(`a zip archive without ${inner}`)
  return Readable.from(pieces(bytes))
}

/** A stream of one large piece would be unpacked without a pause. */
function* pieces(bytes: Uint8Array, length = 2 ** 20): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}
