import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './errors.js'
import { makeFolder } from './make-folder.js'
import { writeAtomic } from './write-atomic.js'

/** Files named START-SHA256END, the digest being that of their content: a damaged one is told by its name. */
export interface ContentPlace {
  readonly folder: string
  /** What the names begin with, without the hyphen. */
  readonly start: string
  /** What they end with: `.onnx`. */
  readonly end: string
}

/** A file that is what its name says. */
export interface ContentFile {
  readonly path: string
  readonly bytes: Buffer
  /** sha256 in hex. */
  readonly digest: string
}

/**
 * The file at a place, undefined where there is none that is whole.
 *
 * @param options `removeDamaged`: default true.
 * @throws what the system says when a file is there and cannot be read; it stays.
 */
export async function readContentFile(
  place: ContentPlace,
  { removeDamaged = true }: { readonly removeDamaged?: boolean } = {},
): Promise<ContentFile | undefined> {
  for (const path of await candidates(place)) {
    const bytes = await bytesOf(path)
    if (!bytes) continue
    const digest = sha256(bytes)
    if (path === pathOf(place, digest)) return { path, bytes, digest }
    if (removeDamaged) await rm(path, { force: true }).catch(() => undefined)
  }
  return undefined
}

/** Undefined where the file is gone. */
async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a file in the place of earlier ones and returns its digest.
 *
 * @throws what the system says when it cannot be written.
 */
export async function writeContentFile(place: ContentPlace, bytes: Uint8Array): Promise<string> {
  makeFolder(place.folder)
  const earlier = await candidates(place)
  const digest = sha256(bytes)
  const path = pathOf(place, digest)
  await writeAtomic(path, bytes)
  for (const old of earlier) if (old !== path) await rm(old, { force: true })
  return digest
}

/** sha256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function pathOf({ folder, start, end }: ContentPlace, digest: string): string {
  return join(folder, `${start}-${digest}${end}`)
}

async function candidates({ folder, start, end }: ContentPlace): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const isOne = (name: string) => name.startsWith(`${start}-`) && name.endsWith(end) && name.length === start.length + 65 + end.length
  return names
    .filter(isOne)
    .sort()
    .map((name) => join(folder, name))
}
