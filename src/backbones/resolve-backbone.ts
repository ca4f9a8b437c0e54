import { existsSync } from 'node:fs'
import { UserError } from '../base/errors.js'
import { type AddedModel, addedModels, findAdded } from './added-models.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { backbones } from './index.js'
import { looksLikeModelFile, modelFile } from './model-file.js'

/** The backbone that `--model` means: a known name, one that the user added, or a path to a model's file. */
export async function resolveBackbone(model: string, options: BackboneOptions = {}): Promise<Backbone> {
  const known = backbones.get(model)
  if (known) return known(options)
  const added = await findAdded(model, options.cache ?? 'cache')
  if (added) return addedBackbone(added, options)
  if (looksLikePath(model)) return modelFile(model, options)
  const { models } = await addedModels(options.cache ?? 'cache')
  const names = [...backbones.keys(), ...models.map(({ name }) => name)].join(', ')
  throw new UserError(`Expected --model to be one of ${names}, or a path to an .onnx, .h5, .keras or model.json file, got "${model}".`, 2)
}

async function addedBackbone({ name, path, options: defaults }: AddedModel, options: BackboneOptions): Promise<Backbone> {
  if (!existsSync(path)) {
    throw new UserError(
      `Expected the model ${name} at ${path}, from where it was added, found nothing there. Put the file back, or remove the name: models remove ${name}.`,
    )
  }
  return { ...(await resolveBackbone(path, withDefaults(options, defaults))), name }
}

/** The user's options, and for what they leave out those that the model was added with. */
function withDefaults(options: BackboneOptions, defaults: BackboneOptions): BackboneOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}

const looksLikePath = (model: string) => /[\\/]/.test(model) || looksLikeModelFile(model) || existsSync(model)
