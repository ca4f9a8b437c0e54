import { availableParallelism } from 'node:os'
import type { Backbone } from '../backbones/backbone.js'
import { defaultBackbone } from '../backbones/index.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { UserError } from '../base/errors.js'
import { adoptOrphans } from '../cache/adopt-orphans.js'
import { type Catalog, openCatalog } from '../cache/catalog.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { fingerprintOf } from '../cache/fingerprint.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import { isSelected } from '../cache/selection.js'
import { defaultShardLimits, ShardWriter } from '../cache/shard-writer.js'
import { engineInfo } from '../engine/engine-info.js'
import { type ScannedFolder, scanFolder } from '../images/scan-folder.js'
import { checkOptions } from './check-options.js'
import { codeIdentity, preprocessingOf } from './code-identity.js'
import type { ExtractOptions, ExtractResult } from './options.js'
import { recognise } from './recognise-files.js'
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
  const scanned = scanFolder(data)
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

async function extractInto(catalog: Catalog, { scanned, backbone, model, options, started }: Job): Promise<ExtractResult> {
  const preprocessing = preprocessingOf(backbone, options)
  const identity = codeIdentity(backbone, preprocessing)
  const fingerprint = fingerprintOf(identity)
  forgetLostShards(catalog, fingerprint)
  await adoptOrphans(catalog, identity)

  const dataset = catalog.files.addDataset(scanned.root)
  const before = catalog.files.files(dataset)
  const files = recognise(scanned, before)
  const selected = files.filter((file) => isSelected(file, options))
  if (selected.length === 0) throw nothingSelected(scanned, options)
  const record = catalog.codes.find(fingerprint)
  const have = record ? catalog.codes.images(record.id, options.dtype === 'float32' ? 'float32' : undefined) : new Set<string>()
  const refusedBefore = new Map(catalog.files.quarantined(dataset, fingerprint).map((entry) => [entry.path, entry]))
  const todo = selected.filter((file) => file.image === undefined || (!have.has(file.image) && !isKnownBad(file, refusedBefore)))

  const writer = new ShardWriter(catalog, identity, { ...defaultShardLimits, ...options.shardLimits })
  const outcome = await stream(todo, selected.length, { scanned, backbone, options, have, writer })
  const updated = files.map((file) => outcome.read.get(file.path) ?? file)
  const quarantine = mergeQuarantine(refusedBefore, files, new Set(todo.map((file) => file.path)), outcome.quarantine)
  catalog.files.replaceFiles(dataset, before, updated)
  catalog.files.replaceQuarantine(dataset, fingerprint, quarantine)

  const after = catalog.codes.find(fingerprint)
  const chosen = new Set(updated.filter((file) => isSelected(file, options)).map((file) => file.path))
  if (chosen.size === 0) throw nothingSelected(scanned, options)
  if (!after && !outcome.interrupted) throw nothingReadable(scanned, quarantine)
  const listed = quarantine.filter(({ path }) => chosen.has(path))
  const seconds = (performance.now() - started) / 1000
  const info = engineInfo()
  const images = outcome.interrupted ? selected.length - todo.length + outcome.done : chosen.size
  const result: ExtractResult = {
    images,
    computed: outcome.computed,
    cached: images - outcome.computed - listed.length,
    quarantined: listed.length,
    quarantine: listed.map(({ path, cause, reason }) => ({ path, cause, reason })),
    seconds,
    imagesPerSecond: outcome.computed === 0 ? 0 : outcome.computed / seconds,
    codeLength: after?.shape.reduce((product, side) => product * side, 1) ?? 0,
    codeShape: after?.shape ?? [],
    fingerprint,
    model,
    layer: backbone.layer,
    size: backbone.size,
    engine: info.engine,
    provider: info.provider,
    precision: identity.precision,
    dtype: outcome.dtype,
    shares: outcome.shares,
    interrupted: outcome.interrupted,
  }
  if (after && !outcome.interrupted) {
    const { quarantine: _listed, ...counts } = result
    const details = { ...counts, codeShape: [...after.shape], shares: { ...outcome.shares }, ...info }
    const finished = Date.now()
    catalog.runs.add({ dataset, fingerprint: after.id, model, started: Math.round(finished - seconds * 1000), finished, details })
  }
  return result
}

interface StreamJob {
  readonly scanned: ScannedFolder
  readonly backbone: Backbone
  readonly options: ExtractOptions
  readonly have: ReadonlySet<string>
  readonly writer: ShardWriter
}

/** Computes what is missing, on one thread per core unless told otherwise. */
async function stream(
  todo: readonly FileRecord[],
  total: number,
  { scanned, backbone, options, have, writer }: StreamJob,
): Promise<StreamOutcome> {
  const { dtype = 'float16', batch = 8, workers = availableParallelism(), signal, onProgress } = options
  const job = {
    root: scanned.root,
    todo,
    total,
    have,
    writer,
    dtype,
    signal,
    onProgress,
    batch: backbone.batch ?? batch,
    exclude: options.exclude,
  }
  return streamCodes(job, async () => WorkerPool.start(await workerSetup(backbone, options), workers))
}

/** Whether a file was refused for its content before, and has the same content still. */
function isKnownBad(file: FileRecord, refused: ReadonlyMap<string, QuarantineRecord>): boolean {
  const before = refused.get(file.path)
  return before?.stamp !== undefined && before.stamp === file.stamp
}

/** What was refused now, and before where it was not tried again. */
function mergeQuarantine(
  before: ReadonlyMap<string, QuarantineRecord>,
  files: readonly FileRecord[],
  tried: ReadonlySet<string>,
  now: readonly QuarantineRecord[],
): QuarantineRecord[] {
  const kept = files.flatMap(({ path }) => (tried.has(path) ? [] : (before.get(path) ?? [])))
  return [...kept, ...now].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function nothingSelected({ root, files }: ScannedFolder, { classes = [] }: ExtractOptions): UserError {
  const known = [...new Set(files.map((file) => file.label))]
  const asked = classes.length > 0 ? ` with --classes ${classes.join()}` : ''
  return new UserError(
    `Expected images to take in ${root}${asked}, found that all ${files.length} are left out. Its classes are ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}.`,
    2,
  )
}

function nothingReadable({ root }: ScannedFolder, quarantine: readonly QuarantineRecord[]): UserError {
  const [first] = quarantine
  const example = first ? ` ${first.path}: ${first.reason}` : ''
  return new UserError(`Expected at least one usable image in ${root}, found that all ${quarantine.length} had to be refused.${example}`)
}
