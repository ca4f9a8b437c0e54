import { type WeightsState, weightsState } from '../backbones/weights-state.js'
import type { WeightPlaces } from '../weights/weight-folders.js'
import type { Recipe } from './published/recipe.js'
import { recipes } from './published/recipes.js'
import { findDataset } from './recipe-images.js'

/** A recipe, and what of it is on this machine. */
export interface ListedRecipe extends Pick<Recipe, 'name' | 'title'> {
  readonly images: string
  /** Its data set, as get-dataset knows it; null: any folder. */
  readonly dataset: string | null
  /** Where its images are; null: nowhere, generated ones would stand in. */
  readonly folder: string | null
  readonly networks: readonly { readonly model: string; readonly weights: WeightsState }[]
}

/** The published experiments, and which data and weights they would find. Nothing is downloaded or changed. */
export async function listRecipes(places: WeightPlaces, root = 'data'): Promise<ListedRecipe[]> {
  return Promise.all(
    recipes.map(async ({ name, title, data, networks }) => ({
      ...{ name, title, images: data.what, dataset: data.dataset ?? null, folder: findDataset(data, root) ?? null },
      networks: await Promise.all(networks.map(async ({ model }) => ({ model, weights: await weightsState(model, places) }))),
    })),
  )
}
