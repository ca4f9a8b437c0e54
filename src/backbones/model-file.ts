import { extname } from 'node:path'
import { UserError } from '../base/errors.js'
import { firstBytes, isHdf5, isZip } from '../weights/first-bytes.js'
import { pathState } from '../weights/path-state.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { userModel } from './user-model.js'

/** Kinds of files that hold a network whole. */
type ModelKind = 'onnx' | 'keras' | 'tfjs'

const endings: ReadonlyMap<string, ModelKind> = new Map([
  ['.onnx', 'onnx'],
  ['.h5', 'keras'],
  ['.hdf5', 'keras'],
  ['.keras', 'keras'],
  ['.json', 'tfjs'],
])

/** Whether a text ends like the name of such a file. */
export function looksLikeModelFile(text: string): boolean {
  return endings.has(extname(text).toLowerCase())
}

/**
 * A user's network: .onnx, a Keras model saved whole, or a model.json of TensorFlow.js. Its kind is told by the ending, else by the first bytes.
 *
 * @throws UserError when there is no such file, or no network in it that takes images.
 */
export async function modelFile(path: string, options: BackboneOptions): Promise<Backbone> {
  await mustBeFile(path)
  const kind = endings.get(extname(path).toLowerCase()) ?? (await sniffed(path))
  if (kind === 'keras') return kerasFile(path, options)
  return kind === 'tfjs' ? tfjsFile(path, options) : userModel(path, options)
}

async function mustBeFile(path: string): Promise<void> {
  const state = await pathState(path)
  if (state !== 'folder' && state !== 'nothing') return
  const [found, fix] = state === 'folder' ? ['a folder', 'Give the path of the file in it.'] : ['no file there', 'Check the path.']
  throw new UserError(`Expected an .onnx, .h5, .keras or model.json file at ${path}, found ${found}. ${fix}`, 2)
}

// The readers are loaded when they are needed: the HDF5 library alone takes a tenth of a second.

async function kerasFile(path: string, options: BackboneOptions): Promise<Backbone> {
  const { readKerasModel } = await import('../weights/read-keras-model.js')
  const { kerasBackbone } = await import('./keras-model/keras-backbone.js')
  return kerasBackbone(path, await readKerasModel(path), options)
}

async function tfjsFile(path: string, options: BackboneOptions): Promise<Backbone> {
  const { readTfjsModel } = await import('../weights/read-tfjs-model.js')
  const { tfjsBackbone } = await import('./tfjs-backbone.js')
  return tfjsBackbone(path, await readTfjsModel(path), options)
}

/** What is neither is taken for ONNX, whose reader says what is wrong with it. */
async function sniffed(path: string): Promise<ModelKind> {
  const start = await firstBytes(path).catch(() => Buffer.alloc(0))
  return isHdf5(start) || isZip(start) ? 'keras' : 'onnx'
}
