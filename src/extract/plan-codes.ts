import { join } from 'node:path'
import { product } from '../base/product.js'
import { type Catalog, copyCatalog } from '../cache/catalog.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import { dtypeBytes } from '../cache/dtype.js'
import type { FileRecord } from '../cache/file-table.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import { isSelected } from '../cache/selection.js'
import type { ResizeRule } from '../images/resize-rule.js'
import { type ScannedFolder, scanFolder } from '../images/scan-folder.js'
import { checkOptions } from './check-options.js'
import { inPrecisions } from './in-precisions.js'
import { inViews } from './in-views.js'
import { type KnownCodes, type KnownCodesOptions, knownCodes } from './known-codes.js'
import { tryLoad } from './load-file.js'
import type { ExtractOptions, ExtractSeveralOptions } from './options.js'
import { probe } from './probe.js'
import { recognise } from './recognise-files.js'
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

/** What is missing of one view of the images. */
export interface PlannedView extends Pick<CodePlan, 'misses' | 'diskBytes' | 'fingerprint'> {
  readonly view: number
}

/** What `codes` would do for several kinds of codes; of an image that misses one of them `hits` does not count. */
export interface SeveralPlan extends Omit<CodePlan, 'codeShape' | 'fingerprint' | 'views'> {
  readonly runs: readonly PlannedRun[]
}

/** One kind of code in a plan: what is missing of any of its views. */
export interface PlannedRun extends Pick<CodePlan, 'misses' | 'diskBytes' | 'codeShape' | 'fingerprint' | 'views'> {
  readonly model: string
  readonly layer: string
  readonly resize: ResizeRule
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
  const scanned = scanFolder(data, cache)
  const { root } = scanned
  const plain = await inPrecisions(await resolveTargets({ ...options, keep: false }), scanned, { ...options, leases: undefined })
  const targets = inViews(plain, options)
  const { files, known, unusable, missing } = await withCatalogErrors(cache, () => takeStockOf(cache, scanned, targets, options))
  const toRead = new Map(missing.flatMap((paths) => [...paths]))
  const paths = [...toRead.values()].map((path) => join(root, path))
  options.signal?.throwIfAborted()
  const probed = paths.length === 0 ? undefined : await probe(targets, paths, options)
  options.signal?.throwIfAborted()
  const { views = 1, dtype = 'float16' } = options
  const runs = Array.from({ length: targets.length / views }, (_, kind) => {
    const all = Array.from({ length: views }, (_, view) => kind * views + view)
    const codeShape = all.map((which) => probed?.shapes[which] ?? known[which]?.shape ?? []).find((shape) => shape.length > 0) ?? []
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

interface Missing {
  readonly codeShape: readonly number[]
  /** Of a code. */
  readonly bytes: number
  /** For each view the images that miss it. */
  readonly missing: readonly ReadonlyMap<string, string>[]
}

/** What there is to do for the views of one kind of code. */
function plannedRun(targets: readonly Target[], { codeShape, bytes, missing }: Missing): PlannedRun {
  const [plain] = targets
  if (!plain) throw new Error('Expected the plain view')
  const views = targets.map(({ fingerprint }, view) => {
    const misses = missing[view]?.size ?? 0
    return { view, misses, diskBytes: misses * bytes, fingerprint }
  })
  const { model, backbone, preprocessing, fingerprint } = plain
  const misses = new Set(missing.flatMap((images) => [...images.keys()])).size
  const diskBytes = views.reduce((sum, view) => sum + view.diskBytes, 0)
  return { model, layer: backbone.layer, resize: preprocessing.resize, misses, diskBytes, codeShape, fingerprint, views }
}

/** The run's files, what the catalog has of each kind of code, and what it lacks. */
async function takeStockOf(cache: string, scanned: ScannedFolder, targets: readonly Target[], options: ExtractSeveralOptions) {
  const catalog = copyCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(scanned.root)
    const known = targets.map((target) => stockOf(catalog, target, { dataset, ...options }))
    const recorded = dataset === undefined ? [] : (catalog?.files.files(dataset) ?? [])
    const files = recognise(scanned, recorded).filter((file) => isSelected(file, options))
    return { files, known, ...(await whatIsMissing(scanned.root, files, known, options.signal)) }
  } finally {
    catalog?.close()
  }
}

type Known = KnownCodes & { readonly shape: readonly number[] | undefined }

function stockOf(catalog: Catalog | undefined, { fingerprint }: Target, of: Omit<KnownCodesOptions, 'fingerprint'>): Known {
  if (catalog) forgetLostShards(catalog, fingerprint)
  return { ...knownCodes(catalog, { fingerprint, ...of }), shape: catalog?.codes.find(fingerprint)?.shape }
}

/** For each kind of code the images that miss it, with the path of one of their files; files with no hash yet are read for it. */
async function whatIsMissing(root: string, files: readonly FileRecord[], known: readonly Known[], signal: AbortSignal | undefined) {
  const missing = known.map(() => new Map<string, string>())
  let unusable = 0
  for (const file of files) {
    signal?.throwIfAborted()
    const isBad = known.map((one) => one.standing(file) === 'bad')
    const image = isBad.includes(false) ? (file.image ?? (await tryLoad(join(root, file.path)))?.image) : undefined
    if (image === undefined) unusable++
    else
      known.forEach(({ has }, which) => {
        if (!isBad[which] && !has(image) && !missing[which]?.has(image)) missing[which]?.set(image, file.path)
      })
  }
  return { missing, unusable }
}
