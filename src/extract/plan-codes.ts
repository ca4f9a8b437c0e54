import { product } from '../base/product.js'
import { type Catalog, copyCatalog } from '../cache/catalog.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import { dtypeBytes } from '../cache/dtype.js'
import type { FileRecord } from '../cache/file-table.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { scanImages } from '../images/scan-images.js'
import { checkOptions } from './check-options.js'
import { imageLoader, tryToLoad } from './image-loader.js'
import { inPrecisions } from './in-precisions.js'
import { inViews } from './in-views.js'
import { type KnownCodes, type KnownCodesOptions, knownCodes } from './known-codes.js'
import type { ExtractOptions, ExtractSeveralOptions } from './options.js'
import { type PlannedRun, type PlannedView, plannedRun } from './planned-run.js'
import { probe } from './probe.js'
import { recognise } from './recognise-files.js'
import { isTaken } from './select-files.js'
import { asSeveral, resolveTargets, type Target } from './target.js'

/** What `codes` would do. */
export interface CodePlan {
  readonly images: number
  /** Images whose code is in the cache, copies of another image of the run included. */
  readonly hits: number
  readonly misses: number
  /** Files that cannot be read, or that an earlier run refused. Other damaged images show only when they are decoded. */
  readonly unusable: number
  /** Disk that the missing codes will take. */
  readonly diskBytes: number
  /** Estimated from one probed batch on each thread; 0 when nothing is missing. */
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly codeShape: readonly number[]
  readonly fingerprint: string
  /** Each view of the images, the plain one first. */
  readonly views: readonly PlannedView[]
}

/** What `codes` would do for several kinds of codes; of an image that misses one of them `hits` does not count. */
export interface SeveralPlan extends Omit<CodePlan, 'codeShape' | 'fingerprint' | 'views'> {
  readonly runs: readonly PlannedRun[]
}

/**
 * Says what `codes` would do, from the files' hashes and one probed batch. Writes nothing.
 *
 * @throws the reason of `options.signal` when it is aborted.
 */
export async function planCodes(options: ExtractOptions = {}): Promise<CodePlan> {
  const { runs, ...plan } = await planSeveral(asSeveral(options))
  const [only] = runs
  if (!only) throw new Error('Expected one kind of code')
  return { ...plan, codeShape: only.codeShape, fingerprint: only.fingerprint, views: only.views }
}

/** What `codes` would do for several kinds of codes: as `planCodes`. */
export async function planSeveral(options: ExtractSeveralOptions = {}): Promise<SeveralPlan> {
  const { data = 'data', cache = 'cache' } = checkOptions(options)
  const scanned = await scanImages(data, cache)
  const { root } = scanned
  const plain = await inPrecisions(await resolveTargets({ ...options, keep: false }), scanned, { ...options, leases: undefined })
  const targets = inViews(plain, options)
  const { files, known, unusable, missing } = await withCatalogErrors(cache, () => takeStockOf(cache, scanned, targets, options))
  const toRead = new Map(missing.flatMap((paths) => [...paths]))
  const paths = [...toRead.values()]
  options.signal?.throwIfAborted()
  // What is there already takes no time: views that are added are timed alone.
  const needed = targets.filter((_, which) => (missing[which]?.size ?? 0) > 0)
  const probed = paths.length === 0 ? undefined : await probe(needed, { load: imageLoader(root), paths }, options)
  const shapeOf = (which: number) => {
    const target = targets[which]
    const at = target ? needed.indexOf(target) : -1
    return (at < 0 ? known[which]?.shape : probed?.shapes[at]) ?? known[which]?.shape ?? []
  }
  options.signal?.throwIfAborted()
  const { views = 1, dtype = 'float16' } = options
  const runs = Array.from({ length: targets.length / views }, (_, kind) => {
    const all = Array.from({ length: views }, (_, view) => kind * views + view)
    const codeShape = all.map(shapeOf).find((shape) => shape.length > 0) ?? []
    const bytes = product(codeShape) * dtypeBytes(dtype)
    return plannedRun(
      all.flatMap((which) => targets[which] ?? []),
      { codeShape, bytes, missing: all.map((which) => missing[which] ?? new Map()) },
    )
  })
  const imagesPerSecond = probed?.imagesPerSecond ?? 0
  return {
    images: files.length,
    hits: files.length - toRead.size - unusable,
    misses: toRead.size,
    unusable,
    diskBytes: runs.reduce((sum, { diskBytes }) => sum + diskBytes, 0),
    seconds: imagesPerSecond === 0 ? 0 : toRead.size / imagesPerSecond,
    imagesPerSecond,
    runs,
  }
}

/** The run's files, what the catalog has of each kind of code, and what it lacks. */
async function takeStockOf(cache: string, scanned: ScannedFolder, targets: readonly Target[], options: ExtractSeveralOptions) {
  const catalog = copyCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(scanned.root)
    const known = targets.map((target) => stockOf(catalog, target, { dataset, ...options }))
    const recorded = dataset === undefined ? [] : (catalog?.files.files(dataset) ?? [])
    const files = recognise(scanned, recorded).filter((file) => isTaken(file, options))
    return { files, known, ...(await whatIsMissing(scanned.root, files, known, options.signal)) }
  } finally {
    catalog?.close()
  }
}

type Known = KnownCodes & { readonly shape: readonly number[] | undefined }

function stockOf(catalog: Catalog | undefined, { fingerprint }: Target, of: Omit<KnownCodesOptions, 'fingerprint'>): Known {
  if (catalog) forgetLostShards(catalog, fingerprint)
  const { dataset, dtype } = of
  const coded = dataset === undefined ? undefined : catalog?.codes.ofDataset(dataset, fingerprint, dtype === 'float32' ? dtype : undefined)
  return { ...knownCodes(catalog, { fingerprint, coded, ...of }), shape: catalog?.codes.find(fingerprint)?.shape }
}

/** For each kind of code the images that miss it, with the path of one of their files; files with no hash yet are read for it. */
async function whatIsMissing(root: string, files: readonly FileRecord[], known: readonly Known[], signal: AbortSignal | undefined) {
  const missing = known.map(() => new Map<string, string>())
  const load = imageLoader(root)
  let unusable = 0
  for (const file of files) {
    signal?.throwIfAborted()
    const isBad = known.map((one) => one.standing(file) === 'bad')
    const image = isBad.includes(false) ? (file.image ?? (await tryToLoad(load, file.path))?.image) : undefined
    if (image === undefined) unusable++
    else
      known.forEach(({ has }, which) => {
        if (!isBad[which] && !has(image) && !missing[which]?.has(image)) missing[which]?.set(image, file.path)
      })
  }
  return { missing, unusable }
}
