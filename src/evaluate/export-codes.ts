import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError, usageError } from '../base/errors.js'
import { CodeReader } from '../cache/code-reader.js'
import type { Dtype } from '../cache/dtype.js'
import { codeBlocks, type KnownRow } from '../cache/exchange/code-blocks.js'
import type { ExchangeMetadata } from '../cache/exchange/exchange-metadata.js'
import type { ExchangeFormat } from '../cache/exchange/exchange-row.js'
import { type ExportedFiles, writeExport } from '../cache/exchange/write-export.js'
import { cachePaths } from '../cache/paths.js'
import type { Pool } from '../cache/pool-codes.js'
import { commonMade } from '../cache/read-made.js'
import { fetchShards } from '../cache/store/fetch-shards.js'
import { toHeadName } from '../heads/save-head.js'
import { type CodedRows, type CodedRowsOptions, openCodedRows } from './coded-rows.js'

export interface ExportCodesOptions extends CodedRowsOptions {
  /** Default parquet. */
  readonly format?: ExchangeFormat | undefined
  /** View of the codes, default none: flat. Pooled codes cannot be imported again. */
  readonly pool?: Pool | undefined
  /** Of npy: how numbers are written; default float16 where every code is kept so and none is averaged, else float32. */
  readonly dtype?: Dtype | undefined
  /** File (of npy: folder), or a folder for it; default in `CACHE/exports`, named by data, model and pool. */
  readonly out?: string | undefined
  /** Whether to replace files that are there, default false. */
  readonly force?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface ExportCodesResult extends ExportedFiles {
  readonly format: ExchangeFormat
  readonly rows: number
  readonly codeLength: number
  /** After pooling, channels last. */
  readonly codeShape: readonly number[]
  readonly pool: Pool
  /** How numbers are written; text (csv) counts as what it was made from. */
  readonly dtype: Dtype
  readonly fingerprint: string
  /** As it was given to `codes`; null where no run of the data set made these codes. */
  readonly model: string | null
  readonly seconds: number
}

/**
 * Writes codes to files that other programs read: Parquet, numpy or CSV. Blocks are written as they are read; files appear whole or not
 * at all, and none is replaced without `force`.
 *
 * @throws UserError where codes are missing, a file is in the way or cannot be written; the signal's reason when it is aborted.
 */
export async function exportCodes(options: ExportCodesOptions = {}): Promise<ExportCodesResult> {
  const started = performance.now()
  const { format = 'parquet', pool = 'none', force = false } = options
  checkUsage(options)
  const coded = openCodedRows(options)
  try {
    const { catalog, fingerprint, model } = coded
    await fetchShards(catalog, [{ fingerprint, images: coded.images }])
    const reader = new CodeReader(catalog, fingerprint, { pool })
    const places = reader.places(coded.images)
    const stored = coded.rowsOf(places)
    if (stored.length === 0) throw new UserError(`Expected codes in ${catalog.cache}, found none of fingerprint ${fingerprint.digest}.`)
    const isPooled = reader.shape !== fingerprint.shape
    const rows = isPooled ? stored.map((row) => ({ ...row, dtype: 'float32' as const })) : stored
    const dtype = format === 'npy' ? (options.dtype ?? narrowest(stored, pool)) : 'float32'
    const metadata: ExchangeMetadata = {
      fingerprint: JSON.parse(fingerprint.json),
      shape: reader.shape,
      pool: isPooled ? pool : 'none',
      made: commonMade(catalog, fingerprint, places),
    }
    const path = place(options, coded, { format, pool })
    const files = await writeExport(
      { format, path, metadata, dtype, rows: rows.length, force },
      codeBlocks(reader, rows, { ...options, metadata }),
    )
    return {
      ...files,
      format,
      rows: rows.length,
      codeLength: reader.length,
      codeShape: reader.shape,
      pool,
      dtype,
      fingerprint: fingerprint.digest,
      model: model ?? null,
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    coded.catalog.close()
  }
}

function checkUsage({ format = 'parquet', dtype, all, fingerprint, classes, excludeClasses, exclude }: ExportCodesOptions): void {
  if (dtype !== undefined && format !== 'npy') {
    throw usageError('--dtype', 'left out of any format but npy', dtype, 'Parquet and CSV hold float32.')
  }
  if (fingerprint !== undefined && !all) throw usageError('--fingerprint', 'given with --all only', fingerprint)
  if (fingerprint !== undefined && !/^[0-9a-f]{4,64}$/.test(fingerprint)) {
    throw usageError('--fingerprint', 'at least 4 hexadecimal digits', fingerprint)
  }
  const filter = classes ? '--classes' : excludeClasses ? '--exclude-classes' : exclude ? '--exclude' : undefined
  if (all && filter) throw usageError('--all', `given without ${filter}`, true, 'It takes every code.')
}

/** float16 where that keeps every number as it is. */
const narrowest = (rows: readonly KnownRow[], pool: Pool): Dtype =>
  pool !== 'avg' && pool !== 'concat' && rows.every(({ dtype }) => dtype === 'float16') ? 'float16' : 'float32'

/** Where to write. */
function place(
  { out }: ExportCodesOptions,
  { catalog, name }: CodedRows,
  { format, pool }: { format: ExchangeFormat; pool: Pool },
): string {
  const file = `${toHeadName(`${name}-${pool === 'none' ? 'flat' : pool}`)}${format === 'npy' ? '' : `.${format}`}`
  if (out === undefined) return join(cachePaths(catalog.cache).exports, file)
  const isFolder = /[\\/]$/.test(out) || (existsSync(out) && statSync(out).isDirectory())
  return isFolder && format !== 'npy' ? join(out, file) : out
}
