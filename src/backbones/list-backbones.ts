import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { thisMachine, type WeightPlaces } from '../weights/weight-folders.js'
import { type AddedModel, addedModels } from './added-models.js'
import type { BackboneFacts } from './backbone-facts.js'
import { describeBackbone } from './describe-backbone.js'
import { backbones } from './index.js'
import { type WeightsState, weightsState } from './weights-state.js'

/** A network that goes by name. */
export interface ListedBackbone extends Omit<BackboneFacts, 'layers'> {
  readonly weights: WeightsState
}

export interface BackboneList {
  readonly models: readonly ListedBackbone[]
  /** What the user added. */
  readonly added: readonly AddedModel[]
  /** What is wrong with records of added models that cannot be read, a sentence each. */
  readonly damaged: readonly string[]
  /** Graphs that are kept built or calibrated, and their bytes. */
  readonly built: { readonly graphs: number; readonly bytes: number }
}

/** Every network that `--model` knows by name, at the size that it was trained on. Nothing is downloaded or changed. */
export async function listBackbones(places: WeightPlaces = thisMachine()): Promise<BackboneList> {
  const models: ListedBackbone[] = []
  for (const name of backbones.keys()) {
    const { layers: _listed, ...facts } = await describeBackbone(name)
    models.push({ ...facts, weights: await weightsState(name, places) })
  }
  const { models: added, damaged } = await addedModels(places.cache)
  return { models, added, damaged, built: await builtGraphs(places.cache) }
}

/** Graphs lie in folders that bear a version: built-v1, int8-v1. */
async function builtGraphs(cache: string): Promise<BackboneList['built']> {
  const folder = join(cache, 'models')
  const names = await readdir(folder, { recursive: true }).catch((): string[] => [])
  const graphs = names.filter((name) => /-v\d+[\\/][^\\/]+\.onnx$/.test(name))
  const sizes = await Promise.all(graphs.map(async (name) => (await stat(join(folder, name))).size))
  return { graphs: graphs.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}
