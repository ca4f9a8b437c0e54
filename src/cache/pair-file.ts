import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from '../base/attempt.js'
import { fieldsOf, itemsOf, parseJson } from '../base/json.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { cachePaths } from './paths.js'

/** Two images that show one picture. */
export interface ImagePair {
  /** sha256 in hex. */
  readonly a: string
  readonly b: string
  /** Cosine of their codes. */
  readonly similarity: number
}

/**
 * The near-duplicates among some images, kept beside the codes: like a Gram matrix it holds no labels and no split, so every later
 * command and seed starts from it.
 */
export interface PairList {
  /** Of the codes that told them. */
  readonly fingerprint: string
  /** What told that they are one picture: the codes alone, or a look at the pictures. */
  readonly by: 'codes' | 'pictures'
  /** Cosine from which on pairs are in it, or were looked at. */
  readonly threshold: number
  /** Every image that was compared, sha256 in hex. */
  readonly images: readonly string[]
  readonly pairs: readonly ImagePair[]
}

const format = 1
/** Digits of a sha256 in hex. */
const digits = 64

/** All kept lists, the last first; one that is damaged is none: it costs only the time to find the pairs again. */
export function readPairLists(cache: string): PairList[] {
  const files = readFiles(cachePaths(cache).duplicates)
  return files.sort((x, y) => y.written - x.written).map(({ list }) => list)
}

/** Whether all of these images (sha256 in hex) were compared. */
export function isCovered(images: Iterable<string>, by: PairList): boolean {
  const compared = new Set(by.images)
  for (const image of images) if (!compared.has(image)) return false
  return true
}

/** Keeps a list, and removes those of the same codes, told in the same way, of which it has all images. */
export async function writePairList(cache: string, list: PairList): Promise<void> {
  const { images, pairs, ...facts } = list
  const folder = cachePaths(cache).duplicates
  makeFolder(folder)
  const isReplaced = ({ list: old }: { readonly list: PairList }) =>
    old.fingerprint === list.fingerprint && old.by === list.by && isCovered(old.images, list)
  const replaced = readFiles(folder).filter(isReplaced)
  const rowOf = new Map(images.map((image, row) => [image, row]))
  const rows = pairs.map(({ a, b, similarity }) => [rowOf.get(a), rowOf.get(b), similarity])
  const joined = images.join('')
  const path = join(folder, `${list.fingerprint}.${list.by}.${createHash('sha256').update(joined).digest('hex')}.json`)
  await writeAtomic(path, JSON.stringify({ format, ...facts, images: joined, pairs: rows }))
  for (const old of replaced) if (old.path !== path) rmSync(old.path, { force: true })
}

function readFiles(folder: string) {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.flatMap((name) => {
    const path = join(folder, name)
    const list = attempt(() => toPairList(parseJson(readFileSync(path))))
    return list ? [{ path, list, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }] : []
  })
}

/** A list as it was written; undefined for anything else. */
function toPairList(value: unknown): PairList | undefined {
  const { format: found, fingerprint, by, threshold, images: joined, pairs } = fieldsOf(value)
  if (found !== format || typeof fingerprint !== 'string' || typeof threshold !== 'number' || typeof joined !== 'string') return undefined
  if (by !== 'codes' && by !== 'pictures') return undefined
  const images = Array.from({ length: joined.length / digits }, (_, row) => joined.slice(row * digits, (row + 1) * digits))
  const known = itemsOf(pairs).flatMap((pair): ImagePair[] => {
    const [a, b, similarity] = itemsOf(pair)
    const [first, second] = [images[Number(a)], images[Number(b)]]
    return first === undefined || second === undefined || typeof similarity !== 'number' ? [] : [{ a: first, b: second, similarity }]
  })
  return known.length === itemsOf(pairs).length ? { fingerprint, by, threshold, images, pairs: known } : undefined
}
