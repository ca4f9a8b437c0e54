import { existsSync } from 'node:fs'
import { UserError } from '../base/errors.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { backbones } from './index.js'
import { looksLikeModelFile, modelFile } from './model-file.js'

/** The backbone that `--model` means: a known name, or a path to a model's file. */
export async function resolveBackbone(model: string, options: BackboneOptions = {}): Promise<Backbone> {
  const known = backbones.get(model)
  if (known) return known(options)
  if (looksLikePath(model)) return modelFile(model, options)
  const names = [...backbones.keys()].join(', ')
  throw new UserError(`Expected --model to be one of ${names}, or a path to an .onnx, .h5, .keras or model.json file, got "${model}".`, 2)
}

const looksLikePath = (model: string) => /[\\/]/.test(model) || looksLikeModelFile(model) || existsSync(model)
