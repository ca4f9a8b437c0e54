import { codesHere } from '../evaluate/codes-here.js'
import { type DataSet, type DataSetOptions, openDataSet } from '../evaluate/data-set.js'
import { type NearDuplicate, nearDuplicates } from '../evaluate/near-duplicates.js'
import { splitDataSet } from '../evaluate/split-data-set.js'
import { extractCodes } from '../extract/extract-codes.js'
import type { ExtractResult } from '../extract/options.js'
import { applySplit, type RecipeSplit } from './apply-split.js'
import type { RunNetwork } from './planned-networks.js'
import type { RunSettings } from './run-settings.js'

/** A frozen network's codes of a recipe's images, divided; the caller closes the catalog. */
export interface FrozenCodes extends RecipeSplit {
  readonly result: ExtractResult
  /** Opens them again. */
  readonly codes: DataSetOptions
  /** Undefined where they are not looked for. */
  readonly duplicates: readonly NearDuplicate[] | undefined
}

/** Makes the codes that are not there yet, divides the images, and looks for pictures on both sides. */
export async function frozenCodes(network: RunNetwork, settings: RunSettings): Promise<FrozenCodes> {
  const { images, options, recipe, seed, views } = settings
  const { model, size, resize, weights } = network
  const { folder: data, classes, excludeClasses } = images
  options.onStage?.(`codes of ${model}`)
  const result = await extractCodes({ ...options, ...views, data, classes, excludeClasses, model, size, resize, weights, seed })
  if (result.interrupted) options.signal?.throwIfAborted()
  const { cache, onNote } = options
  const codes = { ...views, data, cache, classes, excludeClasses, model, digest: result.fingerprint, onNote }
  const set = await codesHere(openDataSet(codes), codes)
  try {
    const divided = applySplit(set, recipe.split, { generated: images.origin === 'generated' })
    return { ...divided, result, codes, duplicates: await twinsOf(divided.data, { ...settings, ...divided }) }
  } catch (error) {
    set.catalog.close()
    throw error
  }
}

async function twinsOf(data: DataSet, { near, ...options }: RunSettings & Pick<RecipeSplit, 'split' | 'validation'>) {
  if (near === undefined) return undefined
  options.options.onStage?.('near-duplicates')
  return nearDuplicates(data, splitDataSet(data, options), { threshold: near, memory: options.options.memory })
}
