import { UserError } from '../base/errors.js'
import { cacheOption } from './cache-option.js'
import { copyCatalog } from './catalog.js'
import type { CodeKind } from './code-kind.js'
import type { QuarantinedFile } from './file-table.js'
import { rootOf } from './root-of.js'
import type { LastRun } from './run-table.js'

export interface ListQuarantineOptions {
  /** Folder of images, default `data`. It need not be there any more. */
  readonly data?: string | undefined
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
}

/** A file that gives no code, as the last run left it. */
export interface ListedFile {
  /** Below the data folder. */
  readonly path: string
  /** empty, format, truncated, too-large, decode, unreadable, changing or not-finite. */
  readonly cause: string
  /** One sentence. */
  readonly reason: string
  /** The codes that it does not give; those of which no run was completed are not told. */
  readonly kinds: readonly CodeKind[]
}

export interface QuarantineList {
  /** Absolute path of the data folder. */
  readonly data: string
  /** Files of the data set. */
  readonly files: number
  /** Files with at least one entry. */
  readonly quarantined: number
  /** Files by cause, the most frequent first. */
  readonly causes: Readonly<Record<string, number>>
  /** In the order of paths; a file that different codes refuse for different reasons has several entries. */
  readonly quarantine: readonly ListedFile[]
}

/**
 * What the catalog has in quarantine of a data set. Nothing is written, and no image is looked at: a file that was mended meanwhile
 * is listed until `codes` takes it.
 *
 * @throws UserError where the cache has no catalog, or its catalog does not know the data set.
 */
export function listQuarantine({ data = 'data', cache = 'cache' }: ListQuarantineOptions = {}): QuarantineList {
  const root = rootOf(data)
  const catalog = copyCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(root)
    if (!catalog || dataset === undefined) throw unknownData({ data, cache }, catalog ? `other data only in ${cache}` : `none in ${cache}`)
    const quarantine = grouped(catalog.files.allQuarantined(dataset), catalog.runs.fingerprints(dataset))
    return {
      data: root,
      files: catalog.files.files(dataset).length,
      quarantined: new Set(quarantine.map(({ path }) => path)).size,
      causes: counts(quarantine),
      quarantine,
    }
  } finally {
    catalog?.close()
  }
}

function unknownData({ data, cache }: { readonly data: string; readonly cache: string }, found: string): UserError {
  const where = cacheOption(cache)
  return new UserError(
    `Expected a run of codes on the images of ${data}, found ${found}. Give its folders with --data and --cache, or make one with: npm run codes -- --data ${data}${where}`,
  )
}

/** One entry for each file and reason, with all kinds of codes that it concerns. */
function grouped(files: readonly QuarantinedFile[], known: readonly LastRun[]): ListedFile[] {
  const kinds = new Map(known.map(({ fingerprint, ...kind }) => [fingerprint, kind]))
  const entries = new Map<string, ListedFile & { readonly kinds: CodeKind[] }>()
  for (const { path, cause, reason, fingerprint } of files) {
    const key = JSON.stringify([path, cause, reason])
    const entry = entries.get(key) ?? { path, cause, reason, kinds: [] }
    const kind = kinds.get(fingerprint)
    // Kinds that differ in what is no part of a CodeKind, such as the input's mean, are told alike.
    if (kind && !entry.kinds.some((other) => JSON.stringify(other) === JSON.stringify(kind))) entry.kinds.push(kind)
    entries.set(key, entry)
  }
  // The views of an image that gives no plain code give none either.
  return [...entries.values()].map((entry) => {
    const plain = entry.kinds.filter(({ view }) => view === 0)
    return plain.length > 0 ? { ...entry, kinds: plain } : entry
  })
}

function counts(quarantine: readonly ListedFile[]): Record<string, number> {
  const paths = new Map<string, Set<string>>()
  for (const { path, cause } of quarantine) paths.set(cause, (paths.get(cause) ?? new Set()).add(path))
  const sizes = [...paths].map(([cause, of]) => [cause, of.size] as const)
  return Object.fromEntries(sizes.sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1)))
}
