import { usageError } from '../base/errors.js'
import type { Pool } from '../cache/pool-codes.js'
import type { ViewOptions } from '../evaluate/code-views.js'
import { codesHere } from '../evaluate/codes-here.js'
import { type DataSetOptions, openDataSet } from '../evaluate/data-set.js'
import { openReader } from '../evaluate/open-reader.js'
import { loadFile } from '../extract/load-file.js'
import type { CrewOptions } from '../extract/worker-setup.js'
import { BadImage } from '../images/bad-image.js'
import { codeQueries, type Query, unusable } from './code-queries.js'
import { nearestCodes } from './nearest-codes.js'

export interface SearchOptions extends Omit<DataSetOptions, keyof ViewOptions>, Pick<CrewOptions, 'engine' | 'device'> {
  /** Paths of the images to search by. */
  readonly queries: readonly string[]
  /** Default `avg`. */
  readonly pool?: Pool | undefined
  /** Images to find for each query, default 12. */
  readonly top?: number | undefined
  /** Leave images out whose bytes equal the query's, default false. */
  readonly skipEqual?: boolean | undefined
  /** Told of images compared, of all. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined
}

/** An image of the data set. */
export interface FoundImage {
  /** Below the data folder. */
  readonly path: string
  readonly label: string
  /** Cosine of its code and the query's, from −1 to 1. */
  readonly similarity: number
}

export interface SearchedQuery {
  /** Path as it was given. */
  readonly query: string
  /** Whether its code was in the cache. */
  readonly cached: boolean
  /** The nearest first, equally near ones by their paths. */
  readonly nearest: readonly FoundImage[]
}

export interface SearchResult {
  /** Real path of the data folder. */
  readonly data: string
  readonly model: string
  readonly layer: string
  readonly pool: Pool
  /** Images that were compared. */
  readonly images: number
  readonly queries: readonly SearchedQuery[]
  readonly seconds: number
}

/**
 * The images of a data set that are nearest to others by the cosine of their codes, exactly. Queries are coded just as the data set was.
 *
 * Memory: some 0.5 kB an image, 32 MiB of codes at a time, and the network where a query is not in the cache.
 *
 * @throws UserError where there are no codes, or a query is missing or no image.
 */
export async function searchImages({
  queries: paths,
  pool = 'avg',
  top = 12,
  skipEqual = false,
  ...options
}: SearchOptions): Promise<SearchResult> {
  const started = performance.now()
  if (!Number.isSafeInteger(top) || top < 1) throw usageError('top', 'a whole number above 0', top)
  if (paths.length === 0) throw usageError('queries', 'one image or more', 'none')
  const queries: Query[] = []
  for (const path of paths) queries.push(await load(path))
  const data = await codesHere(openDataSet(options), options)
  try {
    const { images, root, model, layer } = data
    const opened = openReader(data, pool)
    const { codes, isCached } = await codeQueries(data, queries, { ...options, reader: opened.reader, pool })
    const isWanted = (query: number, sample: number) => images[sample]?.sha256 !== queries[query]?.image
    const found = await nearestCodes(opened, codes, { top, isWanted: skipEqual ? isWanted : undefined, onProgress: options.onProgress })
    const imageOf = (sample: number) => ({ path: images[sample]?.path ?? '', label: images[sample]?.label ?? '' })
    return {
      data: root,
      ...{ model, layer, pool },
      images: images.length,
      queries: queries.map(({ path }, query) => ({
        query: path,
        cached: isCached[query] ?? false,
        nearest: (found[query] ?? []).map(({ sample, similarity }) => ({ ...imageOf(sample), similarity })),
      })),
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    data.catalog.close()
  }
}

async function load(path: string): Promise<Query> {
  try {
    const { bytes, image } = await loadFile(path)
    return { path, bytes, image }
  } catch (error) {
    throw error instanceof BadImage ? unusable(path, error.message) : error
  }
}
