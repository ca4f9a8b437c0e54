import { extname } from 'node:path'
import { UserError } from '../base/errors.js'
import { firstBytes, isHdf5, isPickle, isZip } from './first-bytes.js'
import { readSafetensors } from './read-safetensors.js'
import { readTorchArchive } from './read-torch-archive.js'
import type { KerasWeights, StateDict } from './weights.js'

/** A network's weights as its weight files hold them. */
export type NetworkWeights =
  | { readonly convention: 'keras'; readonly layers: KerasWeights }
  | { readonly convention: 'torch'; readonly tensors: StateDict }

/**
 * Reads a weight file of any known kind, told by its first bytes: Keras .h5 and .keras, torch .pth, .safetensors.
 *
 * @throws UserError when it is none of them, or damaged.
 */
export async function readWeights(path: string): Promise<NetworkWeights> {
  const start = await firstBytes(path)
  if (isHdf5(start)) {
    const { readKerasH5 } = await import('./read-keras-h5.js') // it compiles the HDF5 library, a tenth of a second that others need not wait
    return { convention: 'keras', layers: await readKerasH5(path) }
  }
  if (isZip(start)) {
    if (extname(path) === '.keras') {
      const { readKerasArchive } = await import('./read-keras-archive.js')
      return { convention: 'keras', layers: await readKerasArchive(path) }
    }
    return { convention: 'torch', tensors: await readTorchArchive(path) }
  }
  if (extname(path) === '.safetensors') return { convention: 'torch', tensors: await readSafetensors(path) }
  if (isPickle(start)) return { convention: 'torch', tensors: await readTorchArchive(path) }
  throw new UserError(
    `Expected weights as .h5, .keras, .pth or .safetensors, found another kind of file at ${path}. Fetch or save the file again.`,
  )
}
