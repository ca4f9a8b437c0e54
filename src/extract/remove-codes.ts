import { UserError } from '../base/errors.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import type { CodeKind } from '../cache/code-kind.js'
import { filterKinds, isFiltering, type KindFilter } from '../cache/kind-filter.js'
import { copyKnownCatalog } from '../cache/known-catalog.js'
import { type KnownKind, knownKinds } from '../cache/known-kinds.js'
import { type RemovedCodes, removeSelected } from '../cache/remove-selected.js'
import { type KindRemoval, selectRemoval } from '../cache/select-removal.js'
import type { DamagedShard } from '../cache/tidy-kind.js'
import { writingError } from '../cache/writing-error.js'
import { type GoneFolder, presentImages } from './present-images.js'

/** Which codes to remove: those that meet all that is asked; something has to be. */
export interface RemoveOptions extends KindFilter {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Codes that entered the cache longer ago than this, in milliseconds. */
  readonly olderThan?: number | undefined
  /** Codes of images that no file of any known data set has any more. */
  readonly missing?: boolean | undefined
  /** With `missing`: files of data folders that are gone as a whole are missing too, default false: their disk may not be mounted. */
  readonly goneFolders?: boolean | undefined
  /** Only find out what would go; nothing is changed. */
  readonly plan?: boolean | undefined
  /** Stops between two shards; what is done stays. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds since 1970 that `olderThan` counts from, default now. */
  readonly now?: number | undefined
}

/** What of a kind of codes is gone, or would go. */
export interface RemovedKind extends CodeKind, Omit<RemovedCodes, 'rows'> {
  readonly fingerprint: string
  /** Codes. */
  readonly images: number
}

export interface RemoveResult {
  /** Whether nothing was changed. */
  readonly plan: boolean
  /** Codes: one for each image and kind, two where it is kept as float16 and as float32. */
  readonly images: number
  /** Shards that went as a whole. */
  readonly shards: number
  /** Shards that were written anew, without some of their codes. */
  readonly rewritten: number
  /** Bytes of the disk that are free; of a plan about so many. */
  readonly bytes: number
  /** Kinds that lose codes. */
  readonly kinds: readonly RemovedKind[]
  /** Data folders that are gone. */
  readonly goneFolders: readonly GoneFolder[]
  /** Files that are no whole shards and stay. */
  readonly damaged: readonly DamagedShard[]
  readonly interrupted: boolean
}

/**
 * Removes codes from a cache, and what belongs to a kind of codes of which none is left: Gram matrices, runs, quarantine. `extractCodes`
 * computes them again. Other processes may be at work.
 *
 * @throws UserError where nothing is asked for, no codes are of the kind that is asked for, or the cache cannot be written.
 */
export async function removeCodes(options: RemoveOptions): Promise<RemoveResult> {
  const { cache = 'cache', plan = false, signal } = options
  if (!isFiltering(options) && options.olderThan === undefined && !options.missing) throw nothingAsked()
  return withCatalogErrors(cache, async () => {
    const found = await find(cache, options)
    const outcome = { plan, goneFolders: found?.gone ?? [], damaged: [], interrupted: false }
    if (!found) return { ...outcome, ...summed([]), interrupted: true }
    const { selected, criteria } = found
    if (plan) return { ...outcome, ...summed(selected.map((one) => removedKind(one.kind, planned(one)))) }
    try {
      const job = { ...criteria, selected, signal, forgetEmpty: isFiltering(options) }
      const { removed, damaged } = await removeSelected(cache, job)
      const kinds = selected.flatMap(({ kind }) => removedKind(kind, removed.get(kind.record.digest)))
      return { ...outcome, ...summed(kinds), damaged, interrupted: signal?.aborted === true }
    } catch (error) {
      throw writingError(cache, error)
    }
  })
}

/** Later than any code. */
const never = Number.POSITIVE_INFINITY

/** What is to go, by a copy of the catalog; undefined where it was stopped. */
async function find(cache: string, options: RemoveOptions) {
  const { olderThan, missing = false, goneFolders = false, signal, now = Date.now() } = options
  const started = Date.now()
  const catalog = copyKnownCatalog(cache)
  try {
    const kinds = filterKinds(knownKinds(catalog), options, { cache })
    const { images: present, gone } = missing ? await presentImages(catalog, { goneFolders, signal }) : { images: undefined, gone: [] }
    // Codes of images that come while the folders are looked through are younger than that look.
    const before = Math.min(missing ? started + 1 : never, olderThan === undefined ? never : now - olderThan)
    const criteria = { before, present }
    return { selected: selectRemoval(catalog, kinds, criteria), criteria, gone }
  } catch (error) {
    if (signal?.aborted) return undefined
    throw error
  } finally {
    catalog.close()
  }
}

const planned = ({ whole, partial, rows, bytes }: KindRemoval): RemovedCodes => ({
  rows,
  shards: whole.length,
  rewritten: partial.length,
  bytes,
})

const nothing: RemovedCodes = { rows: 0, shards: 0, rewritten: 0, bytes: 0 }

function removedKind(kind: KnownKind, { rows, ...removed }: RemovedCodes = nothing): RemovedKind {
  const { record, models: _names, data: _roots, ...parts } = kind
  return { fingerprint: record.digest, ...parts, images: rows, ...removed }
}

function summed(all: readonly RemovedKind[]) {
  const kinds = all.filter(({ shards, rewritten, bytes }) => shards + rewritten + bytes > 0)
  const sum = (of: 'images' | 'shards' | 'rewritten' | 'bytes') => kinds.reduce((total, kind) => total + kind[of], 0)
  return { images: sum('images'), shards: sum('shards'), rewritten: sum('rewritten'), bytes: sum('bytes'), kinds }
}

function nothingAsked(): UserError {
  return new UserError(
    'Expected to be told which codes to remove, found nothing that says so. Give --model, --fingerprint or another option of codes, --older-than 30d, or --missing; with --plan nothing is changed.',
    2,
  )
}
