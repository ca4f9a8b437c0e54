import { join } from 'node:path'
import { clauseOf, UserError, usageError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { nearThreshold } from '../evaluate/near-duplicates.js'
import { plannedNetworks } from './planned-networks.js'
import type { Recipe } from './published/recipe.js'
import { type QuickRun, quickRun } from './quick-run.js'
import { type RecipeImages, recipeImages } from './recipe-images.js'
import { type NetworkResult, runNetwork } from './run-network.js'
import type { RunRecipeOptions } from './run-recipe-options.js'
import type { RunSettings } from './run-settings.js'

export interface RecipeResult {
  readonly recipe: Recipe
  readonly images: RecipeImages
  readonly networks: readonly NetworkResult[]
  readonly deviations: readonly string[]
  readonly near: number | null
  readonly quick: boolean
  readonly seed: number
  readonly seconds: number
  readonly out: string
}

/**
 * Runs a published experiment from images to figures. Codes and trainings of an earlier run are gone on with.
 *
 * Where its data set is not there, generated images stand in, which the result says.
 *
 * @throws UserError as `codes` and `train-head` do: where weights are missing it says which file to put where.
 */
export async function runRecipe(recipe: Recipe, options: RunRecipeOptions = {}): Promise<RecipeResult> {
  const started = performance.now()
  const { cache = 'cache', seed = recipe.seed, quick = false, near = nearThreshold, signal } = options
  if (!(near > 0 && near <= 1)) throw usageError('--near', 'a cosine above 0, at most 1', near)
  const out = options.out ?? join(cache, 'recipes', quick ? `${recipe.name}-quick` : recipe.name)
  makeOut(out)
  const small = quickRun(recipe, quick)
  const images = await recipeImages(recipe, { ...options, out, quick, seed })
  const facts = { images, near: recipe.pollution ? near : undefined, quick, seed, out }
  const settings = { ...facts, recipe, options: { ...options, cache }, views: viewsOf(small, seed) }
  const networks: NetworkResult[] = []
  for (const network of plannedNetworks(recipe, { ...options, sizeOf: small.size })) {
    networks.push(await runNetwork(network, settings))
    signal?.throwIfAborted()
  }
  const seconds = (performance.now() - started) / 1000
  return { recipe, ...facts, networks, near: facts.near ?? null, deviations: [...recipe.deviations, ...small.deviations], seconds }
}

function viewsOf({ views }: QuickRun, seed: number): RunSettings['views'] {
  return views && { views: views.count, augment: views.augment, augmentSeed: seed }
}

function makeOut(out: string): void {
  try {
    makeFolder(out)
  } catch (error) {
    throw new UserError(`Expected --out to be a folder that can be written, got "${out}" (${clauseOf(error)}). Choose another folder.`)
  }
}
