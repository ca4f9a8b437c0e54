import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { clauseOf, UserError, usageError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { versions } from '../../base/versions.js'
import { writeAtomic } from '../../base/write-atomic.js'
import { writeRemedy } from '../../base/write-remedy.js'
import type { Target } from '../../extract/target.js'
import { bundleTarget } from '../bundle-target.js'
import { withHead } from '../classifier.js'
import type { Bundle } from '../load-bundle.js'
import { type Content, examplePage } from './example-page.js'
import { modelJson, shardName } from './model-json.js'
import { recordGraph } from './record-graph.js'
import { storeWeights, type TfjsPrecision, tfjsPrecisions } from './stored-weights.js'

export interface ExportTfjsOptions {
  /** The folder that the files go to; it is made where there is none. */
  readonly out: string
  /** Where a network that is not inside the bundle is looked for. */
  readonly cache: string
  /** How weights are stored, default float32. */
  readonly precision?: TfjsPrecision | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ExportTfjsResult {
  readonly folder: string
  readonly precision: TfjsPrecision
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  /** Of all files. */
  readonly bytes: number
  /** Operations of the graph. */
  readonly nodes: number
  /** The version of TensorFlow.js that was copied beside the page; undefined where none is installed. */
  readonly tensorflow: string | undefined
}

/**
 * Writes a bundle as a graph model of TensorFlow.js with an example page: model.json and its shards, labels.json, index.html and its scripts.
 *
 * The model takes `image` [n, side, side, 3], numbers 0…255 in the order red, green, blue, already resized, and gives `probabilities`
 * [n, classes]. Files of an earlier export in the folder are replaced.
 *
 * @throws UserError for a bundle of int8 codes, for a network that TensorFlow.js cannot run, and where the folder cannot be written.
 */
export async function exportTfjs(bundle: Bundle, options: ExportTfjsOptions): Promise<ExportTfjsResult> {
  const { out, cache, precision = 'float32', signal } = options
  if (!tfjsPrecisions.includes(precision)) throw usageError('--precision', `${tfjsPrecisions.join(' or ')} for --format tfjs`, precision)
  if (bundle.identity.precision === 'int8') throw ofInt8(bundle)

  const target = await bundleTarget(bundle, { cache, signal })
  const { backbone } = await withHead(target, bundle)
  const graph = recordGraph(backbone)
  const weights = storeWeights(graph, precision)
  const { size, batch } = backbone
  const producer = `cnn-codes ${versions()['cnn-codes']}`
  const facts = { dims: [size, size, 3], batch, classes: bundle.labels.length, producer, metadata: metadata(bundle, target) }
  const page = examplePage()

  const shards = weights.shards.map((bytes, at): Content => [shardName(at, weights.shards.length), bytes])
  const model: Content = ['model.json', modelJson(graph, weights, facts)] // last, so that what it names is there
  const contents: Content[] = [...shards, ['labels.json', `${JSON.stringify(bundle.labels, undefined, 2)}\n`], ...page.files, model]
  const files = await writeFiles(out, contents, signal)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { folder: out, precision, files, bytes, nodes: graph.nodes.length, tensorflow: page.tensorflow }
}

/** What model.json says of itself: what the page needs to prepare an image, and where the model comes from. */
function metadata({ name, labels, multiLabel, fingerprint }: Bundle, { backbone, preprocessing }: Target) {
  const { resize, exif, alpha } = preprocessing
  return {
    name,
    labels,
    multiLabel,
    preprocessing: { size: backbone.size, resize, exif, alpha, order: 'rgb', range: [0, 255] },
    normalisation: { inside: true, order: preprocessing.order, mean: preprocessing.mean, scale: preprocessing.scale },
    network: { name: basename(backbone.name), layer: backbone.layer, ...backbone.identity, codes: fingerprint },
  }
}

async function writeFiles(out: string, contents: readonly Content[], signal: AbortSignal | undefined) {
  try {
    makeFolder(out)
    for (const [name, content] of contents) {
      signal?.throwIfAborted()
      await writeAtomic(join(out, name), content)
    }
    const names = new Set(contents.map(([name]) => name))
    const stale = readdirSync(out).filter((name) => /^group1-shard\d+of\d+\.bin$/.test(name) && !names.has(name))
    for (const name of stale) await rm(join(out, name), { force: true })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new UserError(
      `Expected to write files into ${out}, but that is not possible: ${clauseOf(error)}. ${writeRemedy(error)}, or name another folder with --out.`,
    )
  }
  return contents.map(([name, content]) => ({ name, bytes: Buffer.byteLength(content) }))
}

function ofInt8({ folder }: Bundle): UserError {
  return new UserError(
    `Expected a bundle of float32 codes for --format tfjs, found int8 codes (${folder}). TensorFlow.js does not run quantised networks: train a head on float32 codes, or export it with --format onnx.`,
  )
}
