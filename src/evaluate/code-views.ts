import { createHash } from 'node:crypto'
import { UserError, usageError } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import { type CodeIdentity, canonicalJson, isOfPlainImages } from '../cache/fingerprint.js'

/** Which views of the images heads are trained on; see docs/images.md. */
export interface ViewOptions {
  /** Views of each image, the plain one included, default 1. */
  readonly views?: number | undefined
  /** How they were made, in its one spelling; default as the newest ones that are complete. */
  readonly augment?: string | undefined
  /** Their seed, default 0 with `augment`, else any. */
  readonly augmentSeed?: number | undefined
}

/** The codes of a data set's views beyond the plain images. */
export interface CodeViews {
  readonly spec: string
  readonly seed: number
  /** View 1, 2, …. */
  readonly records: readonly FingerprintRecord[]
}

/** The plain codes of which views are asked for, of these images (sha256 in hex). */
export interface PlainCodes {
  readonly catalog: Catalog
  readonly fingerprint: FingerprintRecord
  readonly images: readonly string[]
  /** What makes the plain codes: the `codes` command without views. */
  readonly command: string
}

/**
 * The views that are asked for; undefined where that is the plain image alone.
 *
 * @throws UserError with the command that makes them, where a view lacks the code of an image.
 */
export function findViews(plain: PlainCodes, { views = 1, augment, augmentSeed }: ViewOptions): CodeViews | undefined {
  if (!Number.isSafeInteger(views) || views < 1) throw usageError('--views', 'a whole number above 0', views)
  if (views === 1) return undefined
  const seed = augment === undefined ? augmentSeed : (augmentSeed ?? 0)
  const made = viewsOf(plain).filter((one) => (augment === undefined || one.spec === augment) && (seed === undefined || one.seed === seed))
  const found = made.map((one) => ({ ...one, records: completeOf(plain, one).slice(0, views - 1) }))
  const complete = found.find(({ records }) => records.length === views - 1)
  if (complete) return complete
  const most = Math.max(0, ...found.map(({ records }) => records.length))
  const by = augment ?? made[0]?.spec ?? 'fastai'
  const from = (seed ?? 0) === 0 ? '' : ` --augment-seed ${seed}`
  throw new UserError(
    `Expected ${views} views of each image${augment === undefined ? '' : ` by ${augment}`}, found ${most + 1} with the plain one. Make them with: ${plain.command} --views ${views} --augment ${by}${from}`,
  )
}

/** Every kind of views that there are of these codes, the newest first; `records` by their number, with gaps. */
function viewsOf({ catalog, fingerprint }: PlainCodes): CodeViews[] {
  const kinds = new Map<string, { spec: string; seed: number; records: FingerprintRecord[] }>()
  for (const record of catalog.codes.all()) {
    if (isOfPlainImages(record.json)) continue // so is what cannot be read
    const { augment, ...plain }: CodeIdentity = JSON.parse(record.json)
    if (augment === undefined || canonicalJson(plain) !== fingerprint.json) continue
    const { spec, seed, view } = augment
    const key = JSON.stringify([spec, seed])
    const kind = kinds.get(key) ?? { spec, seed, records: [] }
    kind.records[view - 1] = record
    kinds.delete(key) // so that the newest comes last
    kinds.set(key, kind)
  }
  return [...kinds.values()].reverse()
}

/** The first views that have a code of every image. */
function completeOf({ catalog, images }: PlainCodes, { records }: CodeViews): FingerprintRecord[] {
  const end = Array.from(records).findIndex((record) => {
    const has = record && catalog.codes.lookup(record.digest)
    return !has || !images.every(has)
  })
  return records.slice(0, end < 0 ? records.length : end)
}

/** A key of its own for a view's code: 64 hexadecimal digits, as images have. */
export function viewKey({ digest }: FingerprintRecord, image: string): string {
  return createHash('sha256').update(`${digest}:${image}`).digest('hex')
}
