import type { Recipe } from './published/recipe.js'
import type { RecipeImages } from './recipe-images.js'
import type { RunRecipeOptions } from './run-recipe-options.js'

/** What all networks of a run have in common. */
export interface RunSettings {
  readonly recipe: Recipe
  readonly images: RecipeImages
  readonly options: RunRecipeOptions & { readonly cache: string }
  readonly out: string
  readonly seed: number
  readonly quick: boolean
  readonly near: number | undefined
  /** What every training draws its views from; undefined: the plain images alone. */
  readonly views: { readonly views: number; readonly augment: string; readonly augmentSeed: number } | undefined
}
