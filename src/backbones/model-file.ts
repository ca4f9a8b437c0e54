import { extname } from 'node:path'
import { firstBytes, isHdf5, isZip } from '../weights/first-bytes.js'
import { readKerasModel } from '../weights/read-keras-model.js'
import { readTfjsModel } from '../weights/read-tfjs-model.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { kerasBackbone } from './keras-model/keras-backbone.js'
import { tfjsBackbone } from './tfjs-backbone.js'
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

/** A user's network: .onnx, a Keras model saved whole, or a model.json of TensorFlow.js. Its kind is told by the ending, else by the first bytes. */
export async function modelFile(path: string, options: BackboneOptions): Promise<Backbone> {
  const kind = endings.get(extname(path).toLowerCase()) ?? (await sniffed(path))
  if (kind === 'keras') return kerasBackbone(path, await readKerasModel(path), options)
  return kind === 'tfjs' ? tfjsBackbone(path, await readTfjsModel(path), options) : userModel(path, options)
}

/** What is neither is taken for ONNX, whose reader says what is wrong with it. */
async function sniffed(path: string): Promise<ModelKind> {
  const start = await firstBytes(path).catch(() => Buffer.alloc(0))
  return isHdf5(start) || isZip(start) ? 'keras' : 'onnx'
}
