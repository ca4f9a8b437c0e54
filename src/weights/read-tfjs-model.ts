import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { type Fields, fieldsOf, isObject, itemsOf, parseJson } from '../base/json.js'
import { parseManifest } from './tfjs-manifest.js'
import { readShards } from './tfjs-shards.js'
import { groupWeights } from './tfjs-weights.js'
import { readWeightFile, wrongFile } from './weight-file.js'
import type { StateDict, WeightTensor } from './weights.js'

/** A model of TensorFlow.js; its topology is parsed JSON, and nothing in it is checked. */
export interface TfjsModelFile {
  /** layers: a Keras model; graph: nodes of a TensorFlow graph. */
  readonly format: 'layers' | 'graph'
  readonly topology: unknown
  /** The graph's inputs and outputs, where the file states them. */
  readonly signature: unknown
  readonly weights: StateDict
  /** sha256 of model.json and all its shards. */
  readonly digest: string
}

const kind = 'a model.json of TensorFlow.js'

/**
 * Reads a model.json of TensorFlow.js and its shards, which must lie in its folder.
 *
 * Source: @tensorflow/tfjs-core 4.22, src/io/types.ts (ModelJSON) and src/io/io_utils.ts (decodeWeights).
 *
 * @throws UserError when a file cannot be read or is none, or a shard is missing, too short or elsewhere.
 */
export async function readTfjsModel(path: string): Promise<TfjsModelFile> {
  const bytes = await readWeightFile(path, kind)
  const hash = createHash('sha256').update(bytes)
  const weights = new Map<string, WeightTensor>()
  const { groups, ...model } = checked(bytes, path)
  for (const group of groups) {
    const data = await readShards(group, dirname(path))
    hash.update(data)
    for (const weight of groupWeights(group, data)) weights.set(weight.name, weight)
  }
  return { ...model, weights, digest: hash.digest('hex') }
}

/** What model.json says. */
function checked(bytes: Uint8Array, path: string) {
  try {
    const json = parseJson(bytes)
    if (!isObject(json)) throw new Error('no JSON object')
    const { modelTopology: topology, weightsManifest, signature, userDefinedMetadata, format } = fieldsOf(json)
    if (!isObject(topology)) throw new Error('no modelTopology')
    return {
      format: formatOf(format, fieldsOf(topology)),
      topology,
      signature: signature ?? fieldsOf(userDefinedMetadata).signature,
      groups: parseManifest(weightsManifest),
    }
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}

/** Old files do not say. */
function formatOf(format: unknown, topology: Fields): TfjsModelFile['format'] {
  if (format !== undefined && format !== 'layers-model' && format !== 'graph-model') throw new Error(`the format ${JSON.stringify(format)}`)
  return (format ?? (itemsOf(topology.node).length > 0 ? 'graph-model' : '')) === 'graph-model' ? 'graph' : 'layers'
}
