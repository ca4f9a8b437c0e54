import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../base/errors.js'
import { type Catalog, openExistingCatalog } from '../cache/catalog.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import type { Json } from '../cache/fingerprint.js'
import { identityDifferences, type PartDifference } from '../cache/identity-differences.js'
import { filesAt, filesOfImage, type ImageCode, imageCodes, readStamp, refusalOf } from '../cache/image-entries.js'
import { BadImage } from '../images/bad-image.js'
import { type AskedKind, askedKind, type KindOptions } from './asked-kind.js'
import { checkOptions } from './check-options.js'
import { type LoadedFile, loadFile } from './load-file.js'
import { asSeveral } from './target.js'

/** Whether an image has a code in the cache, and why. */
export interface Explanation {
  /** Absolute path of the file. */
  readonly path: string
  /** sha256 of its bytes. */
  readonly image: string
  readonly hit: boolean
  readonly model: string
  /** Of the codes that were asked for; null for int8 that is not calibrated yet. */
  readonly fingerprint: string | null
  /** What the fingerprint is the digest of. */
  readonly identity: Json
  /** Where the code is kept, as each dtype; empty at a miss. */
  readonly codes: readonly ImageCode[]
  /** Files that had this content when `codes` last saw them. */
  readonly files: readonly { readonly data: string; readonly path: string }[]
  /** Why the image gives no such code, where `codes` refused it. */
  readonly quarantine: { readonly cause: string; readonly reason: string } | null
  /** null at a hit. */
  readonly miss: Miss | null
}

/** Why there is no code: the image has codes of other kinds only; the file was another one before; nothing is known of it. */
export type Miss =
  | { readonly because: 'kind'; readonly nearest: NearestKind; readonly kinds: number }
  | { readonly because: 'changed'; readonly before: FileState; readonly now: FileState; readonly wasCoded: boolean }
  | { readonly because: 'unknown' }

/** The codes of the image that differ least from those asked for. */
export interface NearestKind {
  readonly fingerprint: string
  readonly differences: readonly PartDifference[]
}

/** A file's content and times. */
export interface FileState {
  /** sha256 of its content. */
  readonly image: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * Tells whether an image has a code in the cache and, where not, what it has instead. Nothing is computed and nothing written.
 *
 * @param image path of the file.
 * @throws UserError when the file cannot be read, or for options that lead to no kind of code.
 */
export async function explainCode(image: string, options: KindOptions = {}): Promise<Explanation> {
  const { cache = 'cache' } = options
  checkOptions(asSeveral(options))
  const file = await loadFile(image).catch((error: unknown) => {
    throw error instanceof BadImage ? new UserError(`Expected an image file at ${image}. ${error.message} Check the path.`) : error
  })
  return withCatalogErrors(cache, async () => {
    const catalog = openExistingCatalog(cache)
    try {
      const kind = await askedKind(catalog, options)
      return explained(catalog, kind, { file, paths: pathsOf(image) })
    } finally {
      catalog?.close()
    }
  })
}

interface Asked {
  readonly file: LoadedFile
  readonly paths: readonly [string, ...string[]]
}

function explained(catalog: Catalog | undefined, kind: AskedKind, { file, paths }: Asked): Explanation {
  const { image, stamp } = file
  const { fingerprint, ...told } = kind
  const codes = catalog && fingerprint !== null ? imageCodes(catalog.database, fingerprint, image) : []
  const files = catalog ? filesOfImage(catalog.database, image).map(({ data, path }) => ({ data, path })) : []
  const refusal = catalog && fingerprint !== null ? refusalOf(catalog.database, { fingerprint, image, paths, stamp }) : undefined
  const hit = codes.length > 0
  const miss = hit ? null : catalog ? missOf(catalog, kind, { file, paths }) : ({ because: 'unknown' } as const)
  return { path: paths[0], image, hit, ...told, fingerprint, codes, files, quarantine: refusal ?? null, miss }
}

function missOf(catalog: Catalog, { fingerprint, identity }: AskedKind, { file, paths }: Asked): Miss {
  const others = catalog.codes.all().filter(({ digest }) => catalog.codes.lookup(digest)(file.image))
  const kinds = others.map(({ digest, json }) => ({ fingerprint: digest, differences: identityDifferences(identity, JSON.parse(json)) }))
  const [nearest] = kinds.reverse().sort((a, b) => a.differences.length - b.differences.length) // the newest of equals
  if (nearest) return { because: 'kind', nearest, kinds: kinds.length }
  const before = filesAt(catalog.database, paths).find(({ image }) => image !== file.image)
  if (!before) return { because: 'unknown' }
  const state = (image: string, stamp: string) => ({ image, ...readStamp(stamp) })
  const wasCoded = fingerprint !== null && catalog.codes.lookup(fingerprint)(before.image)
  return { because: 'changed', before: state(before.image, before.stamp ?? ''), now: state(file.image, file.stamp), wasCoded }
}

/** The absolute paths by which a data set may know a file: links are resolved in its folder's, but not in its own name. */
function pathsOf(image: string): [string, ...string[]] {
  const path = resolve(image)
  return [join(realpathSync(dirname(path)), basename(path)), realpathSync(path)]
}
