import { createHash } from 'node:crypto'
import { UserError } from '../base/errors.js'
import { fieldsOf, isObject, parseJson } from '../base/json.js'
import { isZip } from './first-bytes.js'
import { type H5Group, withH5 } from './h5-file.js'
import { keras3Weights } from './keras3-layout.js'
import { legacyWeights } from './read-keras-h5.js'
import { readWeightFile, wrongFile } from './weight-file.js'
import type { KerasWeights, StateDict } from './weights.js'
import { readZip } from './zip-file.js'

/** A whole Keras model as a file holds it: its configuration is parsed JSON, and nothing in it is checked. */
export interface KerasModelFile {
  /** { class_name, config } of the model. */
  readonly model: unknown
  /** Of the Keras that saved it, such as 2.15.0; '' where the file does not say. */
  readonly version: string
  readonly weights: ModelWeights
  /** sha256 of the file, and of all that belongs to it. */
  readonly digest: string
}

/** How a model's weights are found: by names of layers (legacy .h5), by their classes and numbers (.keras), or by names of weights (tfjs). */
export type ModelWeights =
  | { readonly by: 'layer' | 'class'; readonly layers: KerasWeights }
  | { readonly by: 'weight'; readonly tensors: StateDict }

const kind = 'a whole Keras model, saved by model.save as .h5 or .keras'

/**
 * Reads a Keras model saved whole: an .h5 file or a .keras archive, told by the first bytes.
 *
 * Source: keras 3.15, src/legacy/saving/legacy_h5_format.py and src/saving/saving_lib.py.
 *
 * @throws UserError when the file cannot be read, is damaged, unfolds to more than a model ever does, or holds weights alone.
 */
export async function readKerasModel(path: string): Promise<KerasModelFile> {
  const bytes = await readWeightFile(path, kind)
  try {
    const read = isZip(bytes) ? await fromArchive(bytes) : await withH5(bytes, (root) => fromH5(root, path))
    if (!isObject(read.model)) throw new Error('a configuration that is no JSON object')
    return { ...read, digest: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}

type Read = Omit<KerasModelFile, 'digest'>

/** The configuration is an attribute of the file, the weights are in the group `model_weights`. */
function fromH5(root: H5Group, path: string): Read {
  const [config] = root.strings('model_config') ?? []
  if (config === undefined) throw noModel(root, path)
  const [version = ''] = root.strings('keras_version') ?? []
  return { model: parseJson(config), version, weights: { by: 'layer', layers: legacyWeights(root) ?? [] } }
}

function noModel(root: H5Group, path: string): Error {
  const holdsWeights = root.strings('layer_names') !== undefined || root.strings('layer_names0') !== undefined || root.has('layers')
  if (!holdsWeights) return new Error('an HDF5 file without a model')
  return new UserError(
    `Expected ${path} to be ${kind}, found weights alone. Name the network that they belong to, as in --model resnet50 --weights ${path}, or save the whole model.`,
  )
}

/** Members of a .keras archive. */
const [configName, weightsName, metadataName] = ['config.json', 'model.weights.h5', 'metadata.json']

async function fromArchive(bytes: Uint8Array): Promise<Read> {
  const members = readZip(bytes, (name) => [configName, weightsName, metadataName].includes(name))
  const [config, weights, metadata] = [configName, weightsName, metadataName].map((name) => members.get(name))
  if (!config || !weights) throw new Error(`a zip archive without ${config ? weightsName : configName}`)
  const { keras_version: version } = fieldsOf(metadata && parseJson(metadata))
  return {
    model: parseJson(config),
    version: typeof version === 'string' ? version : '',
    weights: { by: 'class', layers: await withH5(weights, keras3Weights) },
  }
}
