import { clustersOf } from '../base/clusters.js'
import { UserError } from '../base/errors.js'
import type { ImagePair, PairList } from '../cache/pair-file.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions } from './head-options.js'
import { knownPairs } from './known-pairs.js'
import { type Leak, leaksOf } from './leaks.js'
import type { Split } from './split.js'
import { splitDataSet } from './split-data-set.js'
import { noteTunedImages } from './tuned-images.js'

/** The parts of a data set, and what is known of pictures that several of its images show. */
export interface DividedDataSet {
  readonly parts: Split
  /** Undefined where only byte-equal images can be told. */
  readonly pairs: PairList | undefined
  /** Test images whose picture is in the train or validation part. */
  readonly leaks: readonly Leak[]
}

/**
 * Splits a data set as `splitDataSet` does, and says what leaks; with `splitByCluster` near-duplicates stay together.
 *
 * @throws UserError where that is asked for and the codes cannot tell near-duplicates.
 */
export async function divideDataSet(
  data: DataSet,
  options: Pick<HeadOptions, 'split' | 'validation' | 'seed' | 'splitByCluster' | 'memory' | 'onNote' | 'onProgress'>,
): Promise<DividedDataSet> {
  const pairs = await knownPairs(data, options)
  if (options.splitByCluster && !pairs)
    throw new UserError(
      `Expected codes that tell near-duplicates for --split-by-cluster, found those of ${data.model}, layer ${data.layer}. Run duplicates on the codes of a trained network first: what it finds counts for every model.`,
    )
  const clusters = options.splitByCluster && pairs ? clusterNames(pairs.pairs) : undefined
  const parts = splitDataSet(data, { ...options, clusters })
  noteTunedImages(data, parts.test, options.onNote)
  return { parts, pairs, leaks: leaksOf(data.images, parts, pairs?.pairs ?? []) }
}

/** The cluster of each image that is in one, named by the least sha256 in it. */
export function clusterNames(pairs: readonly ImagePair[]): Map<string, string> {
  const images = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort()
  const rowOf = new Map(images.map((image, row) => [image, row]))
  const rows = pairs.map(({ a, b }): [number, number] => [rowOf.get(a) ?? 0, rowOf.get(b) ?? 0])
  return new Map(
    clustersOf(rows, images.length).flatMap((cluster) => cluster.map((row) => [images[row] ?? '', images[cluster[0] ?? 0] ?? ''] as const)),
  )
}
