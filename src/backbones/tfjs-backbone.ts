import { fieldsOf } from '../base/json.js'
import type { TfjsModelFile } from '../weights/read-tfjs-model.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { graphBackbone } from './graph-model/graph-backbone.js'
import { kerasBackbone } from './keras-model/keras-backbone.js'

/** A model of TensorFlow.js of the user's: a layers model, which is one of Keras, or a graph model. */
export function tfjsBackbone(path: string, file: TfjsModelFile, options: BackboneOptions): Backbone {
  if (file.format === 'graph') return graphBackbone(path, file, options)
  const topology = fieldsOf(file.topology)
  const version = typeof topology.keras_version === 'string' ? topology.keras_version : ''
  const model = topology.model_config ?? topology // within model_config where a converter in Python wrote it
  return kerasBackbone(path, { model, version, weights: { by: 'weight', tensors: file.weights }, digest: file.digest }, options)
}
