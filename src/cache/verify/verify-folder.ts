import { existsSync } from 'node:fs'
import { messageOf } from '../../base/errors.js'
import { type Catalog, openExistingCatalog } from '../catalog.js'
import { withCatalogErrors } from '../catalog-error.js'
import { noCodes } from '../known-catalog.js'
import { listFolder } from '../list-folder.js'
import { cachePaths, ensureWritable } from '../paths.js'
import { catalog } from './catalog.js'
import { checksums } from './checksums.js'
import { type Problem, shardOf } from './problem.js'
import { repair } from './repair.js'
import type { ShardFacts, VerifyScope, VerifyStep } from './scope.js'
import { structure } from './structure.js'

export interface VerifyFolderOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Whether to mend what can be mended, default false: then nothing is written. */
  readonly repair?: boolean | undefined
  /** Told of shards read, of `all`, and the bytes per second. */
  readonly onProgress?: ((done: number, all: number, bytesPerSecond: number) => void) | undefined
  /** Stops the work early. */
  readonly signal?: AbortSignal | undefined
}

/** What a verification found. */
export interface Verified {
  /** Whole shards, and the rows in them. */
  readonly shards: number
  readonly rows: number
  /** What cannot be relied on: a shard by its digest, the catalog by `catalog.sqlite`. */
  readonly bad: readonly { readonly shard: string; readonly reason: string }[]
  /** Whole shards that the catalog did not know: a crash leaves them, the next `codes` takes them up. */
  readonly orphans: number
  /** Problems that `repair` mended. */
  readonly repaired: number
  readonly steps: readonly VerifiedStep[]
}

export interface VerifiedStep {
  readonly name: string
  readonly seconds: number
  readonly problems: readonly FoundProblem[]
}

/** A problem as it is told: what kind, where, and whether it was mended. */
export interface FoundProblem extends Omit<Problem, 'mend'> {
  readonly repaired: boolean
}

/** The steps that every verification takes. */
const always: readonly VerifyStep[] = [structure, checksums, catalog]

/**
 * Verifies a cache folder step by step: its layout, every shard by itself, the catalog by itself and against the shards. One shard is
 * in memory at a time; other processes may go on working.
 *
 * @param further steps that come after.
 * @throws UserError where there is no cache, or one that is to be repaired cannot be written.
 * @throws the reason of `options.signal` when it is aborted.
 */
export async function verifyFolder(options: VerifyFolderOptions = {}, further: readonly VerifyStep[] = []): Promise<Verified> {
  const { cache = 'cache', repair: mends = false } = options
  const { codes } = cachePaths(cache)
  if (!existsSync(codes)) throw noCodes(cache)
  if (mends) ensureWritable(codes)
  const listing = listFolder(codes)
  const opened = tryOpen(cache)
  const whole = new Map<string, ShardFacts>()
  const { onProgress = () => undefined, signal } = options
  const scope: VerifyScope = { cache, codes, listing, ...opened, whole, onProgress, signal }
  const steps = await runSteps([...always, ...further], scope).finally(() => opened.catalog?.close())
  const problems = steps.flatMap((step) => step.problems)
  const toMend = problems.filter(({ mend }) => mend !== undefined)
  if (mends && toMend.length > 0) await withCatalogErrors(cache, () => repair(cache, toMend))
  return {
    shards: whole.size,
    rows: [...whole.values()].reduce((sum, { rows }) => sum + rows, 0),
    bad: problems.flatMap((problem) => (problem.kind === 'bad' ? { shard: shardOf(problem), reason: problem.reason } : [])),
    orphans: problems.filter(({ kind }) => kind === 'orphan').length,
    repaired: mends ? toMend.length : 0,
    steps: steps.map((step) => ({ ...step, problems: step.problems.map((problem) => told(problem, mends)) })),
  }
}

/** Whether something that cannot be relied on was left as it is. */
export function isBad({ steps }: Pick<Verified, 'steps'>): boolean {
  return steps.some(({ problems }) => problems.some(({ kind, repaired }) => kind === 'bad' && !repaired))
}

function tryOpen(cache: string): { readonly catalog: Catalog | undefined; readonly trouble: string | undefined } {
  try {
    return { catalog: openExistingCatalog(cache), trouble: undefined }
  } catch (error) {
    return { catalog: undefined, trouble: messageOf(error) }
  }
}

async function runSteps(steps: readonly VerifyStep[], scope: VerifyScope) {
  const done: (Omit<VerifiedStep, 'problems'> & { problems: readonly Problem[] })[] = []
  for (const step of steps) {
    const started = performance.now()
    const problems = await step.run(scope)
    done.push({ name: step.name, seconds: (performance.now() - started) / 1000, problems })
  }
  return done
}

function told({ mend, ...problem }: Problem, mends: boolean): FoundProblem {
  return { ...problem, repaired: mends && mend !== undefined }
}
