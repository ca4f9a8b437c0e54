import { basename, extname } from 'node:path'
import { type DataSet, openDataSet } from '../evaluate/data-set.js'
import { nearDuplicates } from '../evaluate/near-duplicates.js'
import { splitDataSet } from '../evaluate/split-data-set.js'
import { extractCodes } from '../extract/extract-codes.js'
import { toHeadName } from '../heads/save-head.js'
import { applySplit } from './apply-split.js'
import type { RunNetwork } from './planned-networks.js'
import type { Recipe } from './published/recipe.js'
import type { RecipeImages } from './recipe-images.js'
import type { RunRecipeOptions } from './run-recipe-options.js'
import { cannotRun, runStep } from './run-step.js'
import type { StepContext } from './step-context.js'
import type { StepResult } from './step-result.js'

/** Two images that are one picture. */
export interface TwinImages {
  readonly test: string
  readonly train: string
  readonly similarity: number
}

export interface NetworkResult {
  readonly model: string
  /** Undefined where nothing was run on this network. */
  readonly codes: { readonly images: number; readonly computed: number; readonly seconds: number; readonly codeLength: number } | undefined
  readonly steps: readonly StepResult[]
  /** Pictures on both sides of the split; null where they were not looked for. */
  readonly twins: readonly TwinImages[] | null
  readonly deviations: readonly string[]
}

/** What all networks of a run have in common. */
export interface RunSettings {
  readonly recipe: Recipe
  readonly images: RecipeImages
  readonly options: RunRecipeOptions & { readonly cache: string }
  readonly out: string
  readonly seed: number
  readonly quick: boolean
  readonly near: number | undefined
}

/** The network's codes, then its steps. */
export async function runNetwork({ why, ...network }: RunNetwork, settings: RunSettings): Promise<NetworkResult> {
  const { model, steps, deviations } = network
  const reasons = steps.map((step) => why ?? cannotRun(step))
  const notRun = steps.map((step, at): StepResult => ({ ...factsOf(step, model), status: 'not run', why: reasons[at] ?? '' }))
  if (reasons.every((reason) => reason !== undefined)) return { model, codes: undefined, steps: notRun, twins: null, deviations: [] }
  const { images, options, recipe } = settings
  const { folder: data, classes, excludeClasses } = images
  options.onStage?.(`codes of ${model}`)
  const { size, resize } = network
  const codes = await extractCodes({ ...options, data, classes, excludeClasses, model, size, resize })
  if (codes.interrupted) options.signal?.throwIfAborted()
  const opened = { data, cache: options.cache, classes, excludeClasses, model, digest: codes.fingerprint, onNote: options.onNote }
  const set = openDataSet(opened)
  try {
    const divided = applySplit(set, recipe.split, { generated: images.origin === 'generated' })
    const duplicates = await twinsOf(divided.data, { ...settings, ...divided })
    const results: StepResult[] = []
    for (const [at, step] of steps.entries()) {
      const name = toHeadName(`${recipe.name}-${basename(model, extname(model))}-${at + 1}`)
      options.onStage?.(`${step.title}, ${model}`)
      const context: StepContext = { ...settings, ...divided, name, codes: opened, duplicates: duplicates ?? [], ...contextOf(options) }
      results.push({ ...factsOf(step, model), ...(await runStep(step, context)) })
      options.signal?.throwIfAborted()
    }
    return {
      model,
      codes,
      steps: results,
      twins: duplicates?.map(({ test, train, similarity }) => ({ ...pathsOf(set, { test, train }), similarity })) ?? null,
      deviations: [...deviations, ...(divided.deviation === undefined ? [] : [divided.deviation])],
    }
  } finally {
    set.catalog.close()
  }
}

const factsOf = ({ title, published }: RunNetwork['steps'][number], model: string) => ({ title, model, published: published ?? null })

function contextOf({ without, memory, signal, onNote, onShare, onEpoch }: RunRecipeOptions) {
  return { without, onEpoch, training: { memory, onNote, onProgress: onShare, ...(signal && { interruptible: () => signal }) } }
}

async function twinsOf(data: DataSet, { near, ...options }: RunSettings & { readonly split: string; readonly validation: string }) {
  if (near === undefined) return undefined
  options.options.onStage?.('near-duplicates')
  return nearDuplicates(data, splitDataSet(data, options), { threshold: near, memory: options.options.memory })
}

const pathsOf = ({ images }: DataSet, { test, train }: { readonly test: number; readonly train: number }) => ({
  test: images[test]?.path ?? '',
  train: images[train]?.path ?? '',
})
