import { parseKerasH5 } from './read-keras-h5.js'
import { readWeightFile, wrongFile } from './weight-file.js'
import type { KerasWeights } from './weights.js'
import { readZip } from './zip-file.js'

const kind = 'a .keras archive with weights'
const weightsName = 'model.weights.h5'

/**
 * Reads the weights of a Keras 3 .keras archive: the member `model.weights.h5` of a zip archive, beside `config.json` and `metadata.json`.
 *
 * Source: keras 3.15, src/saving/saving_lib.py (`_save_model_to_fileobj`).
 *
 * @throws UserError when the file cannot be read, is no such archive, or unfolds to more than weights ever do.
 */
export async function readKerasArchive(path: string): Promise<KerasWeights> {
  const bytes = await readWeightFile(path, kind)
  return parseKerasH5(weightsIn(bytes, path), path)
}

function weightsIn(bytes: Uint8Array, path: string): Uint8Array {
  try {
    const weights = readZip(bytes, (name) => name === weightsName).get(weightsName)
    if (!weights) throw new Error(`a zip archive without ${weightsName}`)
    return weights
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}
