import { availableParallelism } from 'node:os'
import type { Backbone } from '../backbones/backbone.js'
import { defaultBackbone } from '../backbones/index.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { UserError } from '../base/errors.js'
import { adoptOrphans } from '../cache/adopt-orphans.js'
import { type Catalog, openCatalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import type { Dtype } from '../cache/dtype.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { fingerprintOf } from '../cache/fingerprint.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import { defaultShardLimits, ShardWriter } from '../cache/shard-writer.js'
import { engineInfo } from '../engine/engine-info.js'
import { type ScannedFolder, scanFolder } from '../images/scan-folder.js'
import { checkOptions } from './check-options.js'
import { codeIdentity, preprocessingOf } from './code-identity.js'
import { type KnownCodes, knownCodes } from './known-codes.js'
import type { ExtractOptions, ExtractResult } from './options.js'
import { recognise } from './recognise-files.js'
import { selectFiles } from './select-files.js'
import { type StreamOutcome, streamCodes } from './stream-codes.js'
import { WorkerPool } from './worker-pool.js'
import { workerSetup } from './worker-setup.js'

/**
 * The slow stage: runs every image of a folder once through a frozen network and keeps the flattened outputs in the cache.
 *
 * What the cache has is not computed again, whatever the file is called now. An image that cannot be used is quarantined
 * and listed; the run goes on. Whatever stops the run, finished shards stay.
 *
 * @throws UserError for a missing or empty folder, an unknown model, a model that takes no images, a cache that cannot be written.
 */
export async function extractCodes(options: ExtractOptions = {}): Promise<ExtractResult> {
  const started = performance.now()
  const { data = 'data', cache = 'cache', model = defaultBackbone } = checkOptions(options)
  const scanned = scanFolder(data, cache)
  const backbone = await resolveBackbone(model, options)
  const catalog = openCatalog(cache)
  try {
    return await extractInto(catalog, { scanned, backbone, model, options, started })
  } finally {
    catalog.close()
  }
}

interface Job {
  readonly scanned: ScannedFolder
  readonly backbone: Backbone
  readonly model: string
  readonly options: ExtractOptions
  /** By performance.now(). */
  readonly started: number
}

async function extractInto(catalog: Catalog, job: Job): Promise<ExtractResult> {
  const { scanned, options } = job
  const identity = codeIdentity(job.backbone, preprocessingOf(job.backbone, options))
  forgetLostShards(catalog, fingerprintOf(identity))
  await adoptOrphans(catalog, identity)

  const stock = takeStock(catalog, fingerprintOf(identity), job)
  const writer = new ShardWriter(catalog, identity, { ...defaultShardLimits, ...options.shardLimits })
  const outcome = await stream(stock, writer, job)
  const { files, quarantine } = keepOutcome(catalog, stock, outcome)

  const record = catalog.codes.find(stock.fingerprint)
  const chosen = selectFiles(files, scanned, options)
  const usable = chosen.length > quarantine.length || chosen.some(({ path }) => !quarantine.some((entry) => entry.path === path))
  if (!outcome.interrupted && (!record || !usable)) throw nothingReadable(scanned, quarantine)
  const dtype = outcome.dtype === 'float32' || hasFloat32(catalog, record, chosen) ? 'float32' : 'float16'
  const result = toResult(job, { stock, outcome, chosen, quarantine, dtype, codeShape: record?.shape ?? [] })
  if (record && !outcome.interrupted) keepRun(catalog, { dataset: stock.dataset, fingerprint: record.id }, result)
  return result
}

/** What there is to do, as the folder and the catalog tell before anything is read. */
interface Stock {
  readonly fingerprint: string
  readonly dataset: number
  /** The data set's files as the catalog has them. */
  readonly before: readonly FileRecord[]
  /** All files of the folder with what is known of them, and those that the run takes. */
  readonly files: readonly FileRecord[]
  readonly selected: readonly FileRecord[]
  readonly todo: readonly FileRecord[]
  readonly known: KnownCodes
}

function takeStock(catalog: Catalog, fingerprint: string, { scanned, options }: Job): Stock {
  const dataset = catalog.files.addDataset(scanned.root)
  const before = catalog.files.files(dataset)
  const files = recognise(scanned, before)
  const selected = selectFiles(files, scanned, options)
  const known = knownCodes(catalog, { fingerprint, dataset, dtype: options.dtype })
  const todo = selected.filter((file) => known.standing(file) === 'open')
  return { fingerprint, dataset, before, files, selected, todo, known }
}

/** Computes what is missing, on one thread per core unless told otherwise. */
async function stream({ todo, selected, known }: Stock, writer: ShardWriter, { scanned, backbone, options }: Job): Promise<StreamOutcome> {
  const { dtype = 'float16', batch = 8, workers = availableParallelism(), signal, onProgress, exclude } = options
  const job = {
    root: scanned.root,
    todo,
    total: selected.length,
    have: known.have,
    writer,
    dtype,
    signal,
    onProgress,
    batch: backbone.batch ?? batch,
    exclude,
  }
  return streamCodes(job, async () => WorkerPool.start(await workerSetup(backbone, options), workers))
}

/** Enters what was read, and what was refused now, or before where this run did not get to it. */
function keepOutcome(catalog: Catalog, stock: Stock, outcome: StreamOutcome) {
  const { dataset, fingerprint, before, known } = stock
  const tried = triedPaths(outcome)
  const files = stock.files.map((file) => outcome.read.get(file.path) ?? file)
  const kept = files.flatMap(({ path }) => (tried.has(path) ? [] : (known.refused.get(path) ?? [])))
  const quarantine = [...kept, ...outcome.quarantine].sort((a, b) => (a.path < b.path ? -1 : 1))
  catalog.files.replaceFiles(dataset, before, files)
  catalog.files.replaceQuarantine(dataset, fingerprint, quarantine)
  return { files, quarantine }
}

/** The files that were really read or refused; an interrupted run does not get to all. */
function triedPaths({ read, quarantine }: StreamOutcome): Set<string> {
  return new Set([...read.keys(), ...quarantine.map(({ path }) => path)])
}

/** Whether a code of these files is kept as float32, which is then the one that is read. */
function hasFloat32(catalog: Catalog, record: FingerprintRecord | undefined, files: readonly FileRecord[]): boolean {
  const exact = record ? catalog.codes.images(record.id, 'float32') : new Set()
  return exact.size > 0 && files.some(({ image }) => exact.has(image))
}

interface Finished {
  readonly stock: Stock
  readonly outcome: StreamOutcome
  /** The files of the run, now that they are read. */
  readonly chosen: readonly FileRecord[]
  readonly quarantine: readonly QuarantineRecord[]
  readonly dtype: Dtype
  readonly codeShape: readonly number[]
}

function toResult({ backbone, model, started }: Job, finished: Finished): ExtractResult {
  const { stock, outcome, chosen, dtype, codeShape } = finished
  const { computed, shares, interrupted } = outcome
  const tried = triedPaths(outcome)
  const unreached = new Set(stock.todo.flatMap(({ path }) => (tried.has(path) ? [] : path)))
  const counted = new Set(chosen.flatMap(({ path }) => (unreached.has(path) ? [] : path)))
  const quarantine = finished.quarantine.flatMap(({ path, cause, reason }) => (counted.has(path) ? { path, cause, reason } : []))
  const images = interrupted ? stock.selected.length - stock.todo.length + outcome.done : chosen.length
  const seconds = (performance.now() - started) / 1000
  const { engine, provider } = engineInfo()
  return {
    images,
    computed,
    cached: images - computed - quarantine.length,
    quarantined: quarantine.length,
    quarantine,
    seconds,
    imagesPerSecond: computed === 0 ? 0 : computed / seconds,
    codeLength: codeShape.length === 0 ? 0 : codeShape.reduce((product, side) => product * side, 1),
    codeShape,
    fingerprint: stock.fingerprint,
    model,
    layer: backbone.layer,
    size: backbone.size,
    engine,
    provider,
    precision: 'float32',
    dtype,
    shares,
    interrupted,
  }
}

/** Enters a completed run, so that later commands know which codes belong to the data set. */
function keepRun(catalog: Catalog, ids: { readonly dataset: number; readonly fingerprint: number }, result: ExtractResult): void {
  const { quarantine: _listed, ...counts } = result
  const details = { ...counts, codeShape: [...result.codeShape], shares: { ...result.shares }, ...engineInfo() }
  const finished = Date.now()
  catalog.runs.add({ ...ids, model: result.model, started: Math.round(finished - result.seconds * 1000), finished, details })
}

function nothingReadable({ root }: ScannedFolder, quarantine: readonly QuarantineRecord[]): UserError {
  const [first] = quarantine
  const example = first ? ` ${first.path}: ${first.reason}` : ''
  return new UserError(`Expected at least one usable image in ${root}, found that all ${quarantine.length} had to be refused.${example}`)
}
