import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Backbone } from '../backbones/backbone.js'
import { defaultBackbone } from '../backbones/index.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { copyCatalog } from '../cache/catalog.js'
import { fingerprintOf } from '../cache/fingerprint.js'
import { forgetLostShards } from '../cache/forget-lost-shards.js'
import { isSelected } from '../cache/selection.js'
import { BadImage } from '../images/bad-image.js'
import { scanFolder } from '../images/scan-folder.js'
import { checkOptions } from './check-options.js'
import { codeIdentity, preprocessingOf } from './code-identity.js'
import { knownCodes } from './known-codes.js'
import { type LoadedFile, loadFile } from './load-file.js'
import type { ExtractOptions } from './options.js'
import { recognise } from './recognise-files.js'
import { WorkerPool } from './worker-pool.js'
import { workerSetup } from './worker-setup.js'

/** What `codes` would do. */
export interface CodePlan {
  readonly images: number
  /** Images whose code is in the cache, copies of another image of the run included. */
  readonly hits: number
  readonly misses: number
  /** Files that cannot be read, or that an earlier run refused. Other damaged images show only when they are decoded. */
  readonly unusable: number
  /** Disk that the missing codes will take. */
  readonly diskBytes: number
  /** Estimated from one probed batch on each thread; 0 when nothing is missing. */
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly codeShape: readonly number[]
  readonly fingerprint: string
}

/**
 * Says what `codes` would do, from the files' hashes and one probed batch. Writes nothing.
 *
 * @throws the reason of `options.signal` when it is aborted.
 */
export async function planCodes(options: ExtractOptions = {}): Promise<CodePlan> {
  const { data = 'data', cache = 'cache', model = defaultBackbone } = checkOptions(options)
  const scanned = scanFolder(data, cache)
  const backbone = await resolveBackbone(model, options)
  const fingerprint = fingerprintOf(codeIdentity(backbone, preprocessingOf(backbone, options)))
  const catalog = copyCatalog(cache)
  const dataset = catalog?.files.findDataset(scanned.root)
  if (catalog) forgetLostShards(catalog, fingerprint)
  const record = catalog?.codes.find(fingerprint)
  const known = knownCodes(catalog, { fingerprint, dataset, dtype: options.dtype })
  const files = recognise(scanned, dataset === undefined ? [] : (catalog?.files.files(dataset) ?? [])).filter((file) =>
    isSelected(file, options),
  )
  catalog?.close()

  const missing = new Map<string, string>()
  let unusable = 0
  for (const file of files) {
    options.signal?.throwIfAborted()
    if (known.standing(file) === 'bad') {
      unusable++
      continue
    }
    const image = file.image ?? (await tryLoad(join(scanned.root, file.path)))?.image
    if (image === undefined) unusable++
    else if (!known.have.has(image) && !missing.has(image)) missing.set(image, file.path)
  }
  const paths = [...missing.values()].map((path) => join(scanned.root, path))
  options.signal?.throwIfAborted()
  const probed = paths.length === 0 ? undefined : await probe(backbone, paths, options)
  options.signal?.throwIfAborted()
  const codeShape = probed?.shape ?? record?.shape ?? []
  const length = codeShape.reduce((product, side) => product * side, 1)
  const imagesPerSecond = probed?.imagesPerSecond ?? 0
  return {
    images: files.length,
    hits: files.length - missing.size - unusable,
    misses: missing.size,
    unusable,
    diskBytes: missing.size * length * (options.dtype === 'float32' ? 4 : 2),
    seconds: imagesPerSecond === 0 ? 0 : missing.size / imagesPerSecond,
    imagesPerSecond,
    codeShape,
    fingerprint,
  }
}

async function tryLoad(path: string): Promise<LoadedFile | undefined> {
  return loadFile(path).catch((error: unknown) => {
    if (error instanceof BadImage) return undefined
    throw error
  })
}

/** Times two batches a thread, spread over the files, after one that warms up. */
async function probe(
  backbone: Backbone,
  paths: readonly string[],
  options: ExtractOptions,
): Promise<{ shape: readonly number[]; imagesPerSecond: number }> {
  const { batch = 8, workers = availableParallelism(), dtype = 'float16' } = options
  const pool = await WorkerPool.start(await workerSetup(backbone, options), workers)
  try {
    const size = backbone.batch ?? batch
    const wanted = Math.min(paths.length, 2 * workers * size)
    const sample = Array.from({ length: wanted }, (_, i) => paths[Math.floor((i * paths.length) / wanted)] ?? '')
    const images = (await Promise.all(sample.map(tryLoad))).flatMap((file) => (file ? [file.bytes] : []))
    const batches = Array.from({ length: Math.ceil(images.length / size) }, (_, i) => images.slice(i * size, (i + 1) * size))
    const first = await pool.code(batches[0] ?? [], dtype)
    const started = performance.now()
    await Promise.all(batches.map((group) => pool.code(group, dtype)))
    return { shape: first.shape, imagesPerSecond: images.length / ((performance.now() - started) / 1000) }
  } finally {
    await pool.close()
  }
}
