import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode, messageOf, UserError } from '../../base/errors.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import { type Catalog, openCatalog } from '../catalog.js'
import { catalogError } from '../catalog-error.js'
import { fingerprintOf } from '../fingerprint.js'
import { cachePaths } from '../paths.js'
import { ShardWriter } from '../shard-writer.js'
import { tidyKind } from '../tidy-kind.js'
import { checkBlock } from './check-block.js'
import type { ExchangeMetadata } from './exchange-metadata.js'
import type { ExchangeSource } from './exchange-source.js'
import { NewRows } from './new-rows.js'
import { openCsv } from './read-csv.js'
import { openNpy } from './read-npy.js'
import { openParquet } from './read-parquet.js'

export interface ImportOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told after each block; `total` is undefined where only the end tells. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined
}

export interface ImportResult {
  /** Shards that were written. */
  readonly shards: number
  /** Codes that are new in the cache. */
  readonly rows: number
  /** Rows whose code the cache had, or that an earlier row had given. */
  readonly known: number
}

/**
 * Takes codes that `exportCodes` wrote into a cache: a .parquet or .csv file, or the folder of a .npy export. Every row is checked; those
 * before a bad one stay.
 *
 * @throws UserError where the file is no whole export, was changed by hand, or holds pooled codes; the signal's reason when it is aborted.
 */
export async function importCodes(source: string, { cache = 'cache', ...options }: ImportOptions = {}): Promise<ImportResult> {
  const from = await opened(source)
  checkPlain(source, from.metadata)
  const catalog = openCatalog(cache)
  try {
    const { fingerprint, shape } = from.metadata
    const digest = fingerprintOf(fingerprint)
    tidyKind(catalog, digest)
    const other = catalog.codes.find(digest)?.shape
    if (other && other.join() !== shape.join())
      throw refused(source, new Error(`its codes are [${shape.join(', ')}] where the cache has [${other.join(', ')}]`))
    return await take(catalog, source, from, options)
  } catch (error) {
    throw catalogError(cachePaths(cache).catalog, error)
  } finally {
    catalog.close()
  }
}

/** Whether something is an export, by its name and what lies there. */
export function isExport(source: string): boolean {
  return /\.(parquet|csv|npy)$/i.test(source) || existsSync(join(source, 'codes.json'))
}

/** Opens an export by what it is named. */
async function opened(source: string): Promise<ExchangeSource> {
  if (!existsSync(source)) throw new UserError(`Expected an export of codes at ${source}, found nothing there. See to the path.`)
  try {
    if (statSync(source).isDirectory()) return openNpy(source)
    if (/\.parquet$/i.test(source)) return await openParquet(source)
    if (/\.npy$/i.test(source) && basename(source) === 'codes.npy') return openNpy(dirname(source))
    if (/\.csv$/i.test(source)) return openCsv(source)
    throw new Error('it is none of .parquet, .csv and codes.npy')
  } catch (error) {
    throw refused(source, error)
  }
}

function checkPlain(source: string, { pool }: ExchangeMetadata): void {
  if (pool === 'none') return
  throw new UserError(
    `Expected codes as the network gave them, found codes pooled by ${pool} in ${source}: what pooling took away cannot come back. Export them again without --pool.`,
  )
}

async function take(
  catalog: Catalog,
  source: string,
  { metadata, total, blocks }: ExchangeSource,
  options: Omit<ImportOptions, 'cache'>,
): Promise<ImportResult> {
  const { fingerprint, shape, made } = metadata
  const float16 = createFloat16(createKernels())
  const writer = new ShardWriter(catalog, fingerprint, { made: async () => made })
  const fresh = new NewRows(catalog, fingerprintOf(fingerprint))
  const rows = blocks()[Symbol.asyncIterator]()
  let done = 0
  try {
    for (;;) {
      options.signal?.throwIfAborted()
      const { value: block, done: isEnd } = await checked(source, () => rows.next())
      if (isEnd) break
      const stored = await checked(source, () => checkBlock(block, { metadata, float16, before: done }))
      const batches = await checked(source, () => fresh.of(stored))
      for (const batch of batches) await writer.add({ ...batch, shape })
      done += block.rows.length
      options.onProgress?.(done, total)
    }
  } finally {
    await rows.return?.(undefined)
    await writer.close()
  }
  if (total !== undefined && done !== total) throw refused(source, new Error(`it has ${done} rows, not ${total} as its metadata say`))
  return { ...writer.written, known: done - writer.written.rows }
}

/** Does what only the file can make fail. */
async function checked<T>(source: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refused(source, error)
  }
}

function refused(source: string, error: unknown): UserError {
  if (error instanceof UserError) return error
  const found = errorCode(error) === undefined ? messageOf(error) : `it cannot be read: ${messageOf(error)}`
  return new UserError(`Expected an export of codes at ${source}, found that ${found}. Export it again with: npm run cache -- export`)
}
