import { UserError } from '../base/errors.js'
import { adoptOrphans } from '../cache/adopt-orphans.js'
import { type Catalog, openCatalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import { defaultShardLimits, ShardWriter } from '../cache/shard-writer.js'
import type { EngineInfo } from '../engine/engine-info.js'
import { resolveEngine } from '../engine/resolve-engine.js'
import { type ScannedFolder, scanFolder } from '../images/scan-folder.js'
import { checkOptions } from './check-options.js'
import { inPrecisions } from './in-precisions.js'
import { keepOutcome } from './keep-outcome.js'
import type { ExtractOptions, ExtractResult, ExtractSeveralOptions, ExtractSeveralResult } from './options.js'
import { selectFiles } from './select-files.js'
import { type StreamOutcome, streamCodes } from './stream-codes.js'
import { type Stock, takeStock } from './take-stock.js'
import { asSeveral, resolveTargets, type Target } from './target.js'
import { type Finished, severalResult, targetResult } from './to-result.js'
import { WorkerPool } from './worker-pool.js'
import { batchSize, type Crew, workerSetup } from './worker-setup.js'

/**
 * The slow stage: runs every image of a folder once through a frozen network and keeps the flattened outputs in the cache.
 *
 * What the cache has is not computed again, whatever the file is called now. An image that cannot be used is quarantined
 * and listed; the run goes on. Whatever stops the run, finished shards stay.
 *
 * @throws UserError for a missing or empty folder, an unknown model, a model that takes no images, a cache that cannot be written.
 */
export async function extractCodes(options: ExtractOptions = {}): Promise<ExtractResult> {
  const [only] = (await extractSeveral(asSeveral(options))).runs
  if (!only) throw new Error('Expected one kind of code')
  return only
}

/** The slow stage for several models or layers: as `extractCodes`, each image read and decoded once for all of them. */
export async function extractSeveral(options: ExtractSeveralOptions = {}): Promise<ExtractSeveralResult> {
  const started = performance.now()
  const { data = 'data', cache = 'cache' } = checkOptions(options)
  const scanned = scanFolder(data, cache)
  const { engine, device } = options
  const on = await resolveEngine({ engine, device })
  const floats = await resolveTargets(options)
  const catalog = openCatalog(cache)
  try {
    const targets = await inPrecisions(floats, scanned, { ...options, keep: true })
    return await extractInto(catalog, { scanned, targets, options, on, started })
  } finally {
    catalog.close()
  }
}

interface Job {
  readonly scanned: ScannedFolder
  readonly targets: readonly Target[]
  readonly options: ExtractSeveralOptions
  /** What runs the networks as far as can be told without them. */
  readonly on: EngineInfo
  /** By performance.now(). */
  readonly started: number
}

async function extractInto(catalog: Catalog, { scanned, targets, options, on, started }: Job): Promise<ExtractSeveralResult> {
  for (const { identity, fingerprint } of targets) {
    forgetLostShards(catalog, fingerprint)
    await adoptOrphans(catalog, identity)
  }
  const stock = takeStock(catalog, scanned, targets, options)
  const { outcome, crew } = await stream(catalog, stock, { scanned, options, on })
  const { files, quarantine } = keepOutcome(catalog, stock, outcome)
  const chosen = selectFiles(files, scanned, options)
  const finished: Finished = { stock, outcome, chosen, seconds: (performance.now() - started) / 1000 }
  const runs = targets.map((target, which) => {
    const refused = quarantine[which] ?? []
    const record = catalog.codes.find(target.fingerprint)
    const { computed = 0, dtype: made } = outcome.targets[which] ?? {}
    const dtype = made === 'float32' || hasFloat32(catalog, record, chosen) ? 'float32' : 'float16'
    const ran = crew?.on[which] ?? on
    const result = targetResult(finished, { target, computed, quarantine: refused, dtype, codeShape: record?.shape ?? [], on: ran })
    return { model: target.model, record: hasUsable(chosen, refused) ? record : undefined, refused, result, ran }
  })
  if (!outcome.interrupted) {
    for (const { record, result, ran } of runs) {
      if (record) keepRun(catalog, { dataset: stock.dataset, fingerprint: record.id }, result, ran)
    }
    const failed = runs.find(({ record }) => !record)
    if (failed) throw nothingUsable(scanned, failed)
  }
  return severalResult(
    finished,
    runs.map(({ result }) => result),
  )
}

/** Computes what is missing, on one thread per core unless told otherwise. */
async function stream(
  catalog: Catalog,
  stock: Stock,
  { scanned, options, on }: Pick<Job, 'scanned' | 'options' | 'on'>,
): Promise<Streamed> {
  const { dtype = 'float16', signal, onProgress, exclude } = options
  const { todo, selected } = stock
  const limits = { ...defaultShardLimits, ...options.shardLimits }
  const targets = stock.targets.map(({ target, known }) => ({ known, dtype, writer: new ShardWriter(catalog, target.identity, limits) }))
  const kinds = stock.targets.map(({ target }) => target)
  const batch = batchSize(kinds, options.batch)
  const job = { root: scanned.root, todo, total: selected.length, exclude, targets, batch, signal, onProgress }
  let crew: Crew | undefined
  const outcome = await streamCodes(job, async () => {
    crew = await workerSetup(kinds, options, on)
    return WorkerPool.start(crew.setup, crew.workers)
  })
  return { outcome, crew }
}

interface Streamed {
  readonly outcome: StreamOutcome
  /** Who computed; undefined where nothing was to be computed. */
  readonly crew: Crew | undefined
}

/** Whether one of the files gives a code. */
function hasUsable(chosen: readonly FileRecord[], quarantine: readonly QuarantineRecord[]): boolean {
  const bad = new Set(quarantine.map(({ path }) => path))
  return chosen.some(({ path }) => !bad.has(path))
}

/** Whether a code of these files is kept as float32, which is then the one that is read. */
function hasFloat32(catalog: Catalog, record: FingerprintRecord | undefined, files: readonly FileRecord[]): boolean {
  const exact = record ? catalog.codes.images(record.id, 'float32') : new Set()
  return exact.size > 0 && files.some(({ image }) => exact.has(image))
}

/** Enters a completed run, so that later commands know which codes belong to the data set. */
function keepRun(
  catalog: Catalog,
  ids: { readonly dataset: number; readonly fingerprint: number },
  result: ExtractResult,
  on: EngineInfo,
): void {
  const { quarantine: _listed, ...counts } = result
  const details = { ...counts, codeShape: [...result.codeShape], shares: { ...result.shares }, ...on }
  const finished = Date.now()
  catalog.runs.add({ ...ids, model: result.model, started: Math.round(finished - result.seconds * 1000), finished, details })
}

/** Why a kind of code has no image: the network's numbers, or the files. */
function nothingUsable({ root }: ScannedFolder, { model, refused }: { model: string; refused: readonly QuarantineRecord[] }): UserError {
  if (refused.length > 0 && refused.every(({ cause }) => cause === 'not-finite')) {
    return new UserError(
      `Expected finite numbers from ${model}, found NaN or infinite ones for all ${refused.length} images of ${root}. Check its weights, and --mean and --scale.`,
    )
  }
  const [first] = refused
  const example = first ? ` ${first.path}: ${first.reason}` : ''
  return new UserError(`Expected at least one usable image in ${root}, found that all ${refused.length} had to be refused.${example}`)
}
