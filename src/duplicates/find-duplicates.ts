import { usageError } from '../base/errors.js'
import { codesHere } from '../evaluate/codes-here.js'
import { type DataSet, type DataSetOptions, openDataSet } from '../evaluate/data-set.js'
import { divideDataSet } from '../evaluate/divide-data-set.js'
import type { HeadOptions } from '../evaluate/head-options.js'
import { keepPairs } from '../evaluate/known-pairs.js'
import { type LeakedImage, measureHead } from '../evaluate/measure-head.js'
import { nearPairs } from '../evaluate/near-pairs.js'
import { nearThresholds } from '../evaluate/near-thresholds.js'
import { nearestCosines } from '../evaluate/nearest-cosines.js'
import { openUnitCodes } from '../evaluate/unit-codes.js'
import { imageLoader } from '../extract/image-loader.js'
import { groupDuplicates } from './group-duplicates.js'
import { toLeaveOut } from './leave-out.js'
import { lookAtPairs, type SeenPair } from './look-at-pairs.js'

type Division = Pick<HeadOptions, 'split' | 'validation' | 'seed'>

export interface FindDuplicatesOptions extends Omit<DataSetOptions, 'views' | 'augment' | 'augmentSeed'>, Division {
  /** Cosine of pooled codes from which on two pictures are looked at; default chosen from the data, see `nearThresholds`. */
  readonly threshold?: number | undefined
  /** Find mirrored copies too, default false. */
  readonly mirror?: boolean | undefined
  readonly memory?: number | undefined
  readonly onProgress?: ((stage: string, share: number) => void) | undefined
}

/** Images of a data set that show one picture. Paths are below the data folder. */
export interface DuplicatesResult {
  readonly data: string
  readonly images: number
  readonly model: string
  readonly layer: string
  readonly fingerprint: string
  /** Cosine from which on pairs were looked at, and how many these were. */
  readonly threshold: number
  readonly candidates: number
  readonly mirror: boolean
  /** Byte-equal files. */
  readonly exact: readonly (readonly string[])[]
  /** Files of the very same pixels whose bytes differ; of byte-equal ones the first is named. */
  readonly pixelEqual: readonly (readonly string[])[]
  /** Copies that were compressed or resized otherwise, or mirrored. */
  readonly near: readonly NearDuplicatePair[]
  /** All of these together: files that show one picture. */
  readonly clusters: readonly (readonly string[])[]
  /** Clusters whose images have different labels. */
  readonly conflicts: readonly (readonly string[])[]
  /** So that every picture is there once: of each cluster all images but the largest, of conflicts all. */
  readonly leaveOut: readonly string[]
  /** Test images that are shown in the train or validation part. */
  readonly leaks: readonly LeakedImage[]
  /** Of a softmax head on pooled codes: on all test images, and without leaked ones; null where none is leaked. */
  readonly accuracy: number | null
  readonly cleanAccuracy: number | null
  /** Images that could not be looked at: their files are gone, or others. */
  readonly unseen: readonly { readonly path: string; readonly reason: string }[]
  readonly seed: number
  readonly split: { readonly train: string; readonly validation: string }
  readonly seconds: number
}

export interface NearDuplicatePair {
  readonly a: string
  readonly b: string
  /** Cosine of their pooled codes. */
  readonly similarity: number
  readonly mirrored: boolean
}

/**
 * Finds images that show one picture: byte-equal files by their sha256, others where their codes are alike and so are the pictures
 * themselves. The list is kept in the cache: training leaves its test images out of a second accuracy from then on.
 *
 * @throws UserError where codes are missing.
 */
export async function findDuplicates(options: FindDuplicatesOptions = {}): Promise<DuplicatesResult> {
  const started = performance.now()
  const { threshold } = options
  if (threshold !== undefined && !(threshold > -1 && threshold <= 1))
    throw usageError('--threshold', 'a cosine above -1 and up to 1', threshold)
  const data = await codesHere(openDataSet(options), options)
  try {
    const found = await search(data, options)
    return { ...found, ...(await measured(data, options)), seconds: (performance.now() - started) / 1000 }
  } finally {
    data.catalog.close()
  }
}

async function search(data: DataSet, options: FindDuplicatesOptions) {
  const { mirror = false, memory, onNote, onProgress } = options
  const codes = openUnitCodes(data, memory)
  const { images } = codes
  const threshold = options.threshold ?? nearThresholds(await nearestCosines(codes)).candidate
  const candidates = await nearPairs(codes, threshold, onProgress && ((share) => onProgress('codes', share)))
  const paths = new Map([...data.images].reverse().map(({ sha256, path }) => [sha256, path]))
  const pathOf = (sha256: string) => paths.get(sha256) ?? ''
  const looked = await lookAtPairs(candidates, {
    load: imageLoader(data.root),
    pathOf,
    mirror,
    onShare: onProgress && ((share) => onProgress('pictures', share)),
  })
  const pairs = looked.pairs.map(({ a, b, similarity }) => ({ a, b, similarity }))
  await keepPairs(data.catalog.cache, { fingerprint: data.fingerprint.digest, by: 'pictures', threshold, images, pairs }, onNote)
  const groups = groupDuplicates(data.images, looked.pairs)
  return {
    data: data.root,
    images: data.images.length,
    model: data.model,
    layer: data.layer,
    fingerprint: data.fingerprint.digest,
    threshold,
    candidates: candidates.length,
    mirror,
    ...groups,
    leaveOut: toLeaveOut(groups.clusters, data.images, looked.sizeOf),
    near: looked.pairs.flatMap((pair) => nearPair(pair, pathOf)),
    unseen: [...looked.unseen].map(([sha256, reason]) => ({ path: pathOf(sha256), reason })),
  }
}

function nearPair({ a, b, similarity, how }: SeenPair, pathOf: (sha256: string) => string): NearDuplicatePair[] {
  const [first = '', second = ''] = [pathOf(a), pathOf(b)].sort()
  return how === 'pixels' ? [] : [{ a: first, b: second, similarity, mirrored: how === 'mirrored' }]
}

/** What of the split leaks, and what that does to an accuracy: nothing is trained where nothing leaks. */
async function measured(data: DataSet, { split = '0.7', validation = '0.1', seed = 0, memory, onNote, onProgress }: FindDuplicatesOptions) {
  const common = { seed, split: { train: split, validation } }
  if (new Set(data.images.map(({ label }) => label)).size < 2) return { leaks: [], accuracy: null, cleanAccuracy: null, ...common }
  const given = { split, validation, seed, memory, onNote, onProgress }
  const { leaks } = await divideDataSet(data, given)
  if (leaks.length === 0) return { leaks: [], accuracy: null, cleanAccuracy: null, ...common }
  const { figures, head } = await measureHead(data, { ...given, pool: 'avg' })
  await head.close?.()
  return { leaks: figures.leaks, accuracy: figures.accuracy.test, cleanAccuracy: figures.cleanAccuracy, ...common }
}
