import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf, UserError } from '../../base/errors.js'
import { type OutputDigest, OutputFile } from '../../base/output-file.js'
import type { Dtype } from '../dtype.js'
import type { ExchangeMetadata } from './exchange-metadata.js'
import type { CodeBlock, ExchangeFormat } from './exchange-row.js'
import { codeLength } from './exchange-source.js'
import { writeCsv } from './write-csv.js'
import { writeNpy } from './write-npy.js'
import { writeParquet } from './write-parquet.js'

/** What to write where. */
export interface ExportPlan {
  readonly format: ExchangeFormat
  /** File; of npy the folder of its files. */
  readonly path: string
  readonly metadata: ExchangeMetadata
  /** How npy holds the numbers. */
  readonly dtype: Dtype
  readonly rows: number
  /** Whether to replace files that are there. */
  readonly force: boolean
}

/** What was written. */
export interface ExportedFiles {
  /** Paths, the one to begin with first. */
  readonly files: readonly string[]
  readonly bytes: number
}

/** The files of an export: those that hold rows and codes, and the one beside them that holds the metadata. */
export interface ExchangePaths {
  readonly content: readonly string[]
  /** Parquet holds its metadata itself. */
  readonly sidecar?: string
}

/** The files of an export that is named by this path. */
export function exchangePaths(format: ExchangeFormat, path: string): ExchangePaths {
  if (format === 'parquet') return { content: [path] }
  if (format === 'csv') return { content: [path], sidecar: `${path}.json` }
  return { content: [join(path, 'codes.npy'), join(path, 'rows.csv')], sidecar: join(path, 'codes.json') }
}

/**
 * Writes an export, so that each file is there whole or not at all; the metadata's file comes last, and a former one goes first.
 *
 * @throws UserError when a file is in the way or cannot be written.
 */
export async function writeExport(plan: ExportPlan, blocks: Iterable<CodeBlock>): Promise<ExportedFiles> {
  const { content, sidecar } = exchangePaths(plan.format, plan.path)
  const paths = [...content, ...(sidecar === undefined ? [] : [sidecar])]
  const taken = plan.force ? undefined : paths.find((path) => existsSync(path))
  if (taken !== undefined) throw inTheWay(taken)
  const open: OutputFile[] = []
  const published: string[] = []
  try {
    for (const path of content) open.push(await OutputFile.open(path))
    await writeContent(plan, open, blocks)
    const digests = await Promise.all(open.map((file) => file.finish()))
    if (sidecar !== undefined) {
      const file = await OutputFile.open(sidecar)
      open.push(file)
      await file.write(sidecarText(plan, digests))
      digests.push(await file.finish())
      if (plan.force) await rm(sidecar, { force: true })
    }
    for (const file of open) {
      await file.publish({ replace: plan.force })
      published.push(file.path)
    }
    return { files: paths, bytes: digests.reduce((sum, { bytes }) => sum + bytes, 0) }
  } catch (error) {
    for (const path of published) await rm(path, { force: true }) // a part of an export is none
    throw notWritten(plan.path, error, paths)
  } finally {
    for (const file of open) await file.discard()
  }
}

async function writeContent({ format, metadata, dtype, rows }: ExportPlan, open: readonly OutputFile[], blocks: Iterable<CodeBlock>) {
  const [first, second] = open
  if (first && format === 'parquet') await writeParquet(first, metadata, blocks)
  if (first && format === 'csv') await writeCsv(first, codeLength(metadata), blocks)
  if (first && second) await writeNpy({ codes: first, rows: second }, { dtype, shape: [rows, ...metadata.shape] }, blocks)
}

/** The metadata as they stand beside files that cannot hold them. */
function sidecarText({ format, metadata, dtype, rows }: ExportPlan, digests: readonly OutputDigest[]): string {
  const files = Object.fromEntries(digests.map(({ name, ...rest }) => [name, rest]))
  return `${JSON.stringify({ ...metadata, rows, ...(format === 'npy' ? { dtype } : {}), files }, null, 2)}\n`
}

function inTheWay(path: string): UserError {
  return new UserError(`Expected nothing at ${path}, found a file. Replace it with --force, or choose another place with --out.`)
}

/** A full or failing disk is the user's to mend; errors without a system's code are ours. */
function notWritten(path: string, error: unknown, paths: readonly string[]): unknown {
  if (error instanceof UserError || errorCode(error) === undefined) return error
  const taken = errorCode(error) === 'EEXIST' ? paths.find((one) => existsSync(one)) : undefined // since the export began
  if (taken !== undefined) return inTheWay(taken)
  return new UserError(
    `Expected to write the export to ${path}, but that failed: ${messageOf(error)}. See to room and permissions there, or choose another place with --out. Nothing was left there.`,
  )
}
