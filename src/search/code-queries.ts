import { availableParallelism } from 'node:os'
import { UserError } from '../base/errors.js'
import type { CodeReader } from '../cache/code-reader.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import { areFinite } from '../cache/finite-codes.js'
import { type Pool, poolCode, pooledShape } from '../cache/pool-codes.js'
import { type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import type { DataSet } from '../evaluate/data-set.js'
import type { LoadedFile } from '../extract/load-file.js'
import { Recomputer } from '../extract/recomputer.js'
import { Uncheckable } from '../extract/uncheckable.js'
import type { CrewOptions } from '../extract/worker-setup.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'

/** An image to search by. */
export interface Query extends Pick<LoadedFile, 'bytes' | 'image'> {
  /** Path of its file as it was given. */
  readonly path: string
}

export interface CodeQueriesOptions extends Pick<CrewOptions, 'engine' | 'device'> {
  /** Reads the data set's codes. */
  readonly reader: CodeReader
  readonly pool: Pool
}

/** Codes of queries [queries, D], and which of them the cache had. */
export interface CodedQueries {
  readonly codes: Matrix
  readonly isCached: readonly boolean[]
}

/**
 * Codes of images just as those of a data set were made: read where the cache has them, else computed, and kept nowhere.
 *
 * @throws UserError where an image cannot be decoded, or the network cannot be had again.
 */
export async function codeQueries(data: DataSet, queries: readonly Query[], options: CodeQueriesOptions): Promise<CodedQueries> {
  const { reader } = options
  const known = new Set(reader.stored(queries.map(({ image }) => image)))
  const isCached = queries.map(({ image }) => known.has(image))
  const codes = matrix(queries.length, reader.length)
  for (const [row, { image }] of queries.entries()) if (isCached[row]) reader.read([image], rowsOf(codes, row, row + 1).data)
  const missing = [...queries.entries()].filter(([row]) => !isCached[row])
  if (missing.length > 0) await compute(data, missing, { ...options, codes })
  return { codes, isCached }
}

interface Computing extends CodeQueriesOptions {
  readonly codes: Matrix
}

async function compute(
  { catalog, fingerprint, model }: DataSet,
  queries: readonly (readonly [row: number, Query])[],
  { codes, engine, device, pool }: Computing,
): Promise<void> {
  const workers = Math.min(queries.length, availableParallelism())
  const recomputer = new Recomputer(catalog, { engine, device, workers, fingerprint: fingerprint.digest, signal: undefined })
  const dtype: Dtype = catalog.codes.hasDtype(fingerprint.id, 'float16') ? 'float16' : 'float32'
  const code = async ([row, query]: readonly [number, Query]) => {
    const computed = await recomputer.code(query.bytes, dtype)
    if ('refused' in computed) throw unusable(query.path, computed.refused)
    pooled(checked(query.path, computed.codes), { shape: fingerprint.shape, pool, out: rowsOf(codes, row, row + 1).data })
  }
  try {
    await Promise.all(queries.map(code))
  } catch (error) {
    if (!(error instanceof Uncheckable)) throw error
    throw new UserError(
      `Expected to have the network of the codes, ${model}, again, found that ${error.message}. Run codes once more with the model as it is now, or search by images that have codes.`,
    )
  } finally {
    await recomputer.close()
  }
}

/** The error for a file that is no image to search by. */
export function unusable(path: string, reason: string): UserError {
  return new UserError(`Expected an image to search by at ${path}, found that it cannot be used: ${reason}`)
}

function checked(path: string, codes: CodeArray): CodeArray {
  const { buffer, byteOffset, length } = codes
  if (areFinite(buffer, byteOffset, length, codes instanceof Uint16Array ? 'float16' : 'float32')) return codes
  throw unusable(path, 'The network makes NaN or infinity of it.')
}

interface Pooling {
  /** Of the whole code. */
  readonly shape: readonly number[]
  readonly pool: Pool
  /** [D] */
  readonly out: Float32Array
}

function pooled(codes: CodeArray, { shape, pool, out }: Pooling): void {
  const whole = codes instanceof Float32Array ? codes : new Float32Array(codes.length)
  if (codes instanceof Uint16Array) createFloat16(createKernels()).fromFloat16(codes, whole)
  if (pool === 'none' || pooledShape(shape, pool) === shape) out.set(whole)
  else poolCode(whole, shape.at(-1) ?? 0, pool, out)
}
