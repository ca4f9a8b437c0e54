import { createHash } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from '@node-rs/crc32'
import { attempt } from '../base/attempt.js'
import type { Floats } from '../base/floats.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { cachePaths } from './paths.js'

/**
 * A Gram matrix X Xᵀ of codes with the images of its rows, kept beside the codes: it holds no labels and no split, so
 * every later command, seed and head starts from it.
 *
 * File: `CCGRAM01`, uint32 n, n × 32 bytes of image sha256, n × uint32 CRC-32 of the rows, n × n float32, little-endian.
 */
export interface GramFile {
  /** sha256 (hex) of each row's image. */
  readonly images: readonly string[]
  /** [n, n], symmetric. */
  readonly gram: Floats
}

/** Whose codes a Gram matrix is of. */
export interface GramKey {
  readonly fingerprint: string
  readonly pool: string
}

const magic = 'CCGRAM01'
const headerBytes = 12

/** The images of each kept matrix of these codes, with the file's path. */
export function listGrams(cache: string, { fingerprint, pool }: GramKey): { path: string; images: string[] }[] {
  const folder = cachePaths(cache).gram
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.startsWith(`${fingerprint}.${pool}.`) && name.endsWith('.gram'))
  return names.flatMap((name) => {
    const path = join(folder, name)
    return withGram(path, (_file, images) => [{ path, images }]) ?? []
  })
}

/** Reads a matrix; undefined when the file is damaged or gone, which costs only the time to compute it again. */
export function readGram(path: string): GramFile | undefined {
  return withGram(path, (file, images) => {
    const n = images.length
    const crcs = new Uint32Array(n)
    const gram = new Float32Array(n * n)
    const from = headerBytes + 32 * n
    if (!fill(file, crcs, from) || !fill(file, gram, from + 4 * n)) return undefined
    return rowChecksums(gram, n).every((crc, row) => crc === crcs[row]) ? { images, gram } : undefined
  })
}

/** Keeps a matrix and removes the one it grew from. */
export async function writeGram(
  cache: string,
  { fingerprint, pool }: GramKey,
  { images, gram }: GramFile,
  replaces?: string,
): Promise<void> {
  const folder = cachePaths(cache).gram
  makeFolder(folder)
  const list = Buffer.from(images.join(''), 'hex')
  const header = Buffer.alloc(headerBytes)
  header.write(magic, 'latin1')
  header.writeUInt32LE(images.length, 8)
  const crcs = rowChecksums(gram, images.length)
  const path = join(folder, `${fingerprint}.${pool}.${createHash('sha256').update(list).digest('hex')}.gram`)
  await writeAtomic(path, [header, list, bytesOf(crcs), bytesOf(gram)])
  if (replaces !== undefined && replaces !== path) rmSync(replaces, { force: true })
}

const bytesOf = (numbers: Uint32Array | Float32Array) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)

function rowChecksums(gram: Floats, n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, row) => crc32(bytesOf(gram.subarray(row * n, (row + 1) * n))))
}

/** Deletes the matrices of a fingerprint's codes, whatever their pool; returns their bytes. */
export function removeGrams(cache: string, fingerprint: string): number {
  const folder = cachePaths(cache).gram
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${fingerprint}.`) && name.endsWith('.gram')) : []
  return names.reduce((bytes, name) => {
    const path = join(folder, name)
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    rmSync(path, { force: true })
    return bytes + size
  }, 0)
}

/** Opens a matrix file; undefined where it is not whole, or a larger one took its place in the meantime. */
function withGram<T>(path: string, use: (file: number, images: string[]) => T): T | undefined {
  const file = attempt(() => openSync(path, 'r'))
  if (file === undefined) return undefined
  try {
    const images = readImages(file)
    return images && use(file, images)
  } finally {
    closeSync(file)
  }
}

function readImages(file: number): string[] | undefined {
  const header = Buffer.alloc(headerBytes)
  if (!fill(file, header, 0) || header.toString('latin1', 0, 8) !== magic) return undefined
  const n = header.readUInt32LE(8)
  if (fstatSync(file).size !== headerBytes + 36 * n + 4 * n * n) return undefined
  const list = Buffer.alloc(32 * n)
  if (!fill(file, list, headerBytes)) return undefined
  const hex = list.toString('hex')
  return Array.from({ length: n }, (_, row) => hex.slice(row * 64, row * 64 + 64))
}

/** Reads exactly as many bytes as the array holds; false where the file ends before. */
function fill(file: number, into: Uint8Array | Uint32Array | Float32Array, position: number): boolean {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
  const step = 2 ** 30 // one read call takes less than 2 GiB
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step)
    if (readSync(file, part, 0, part.length, position + at) < part.length) return false
  }
  return true
}
