import { usageError } from '../../base/errors.js'
import { caltechCodes } from './caltech-codes.js'
import { caltechResnet50 } from './caltech-resnet50.js'
import { flowersResnet18 } from './flowers-resnet18.js'
import { foodVgg16 } from './food-vgg16.js'
import { guitarsInception } from './guitars-inception.js'
import type { Recipe } from './recipe.js'

/** The published experiments that can be repeated. A new one is one file and one line here. */
export const recipes: readonly Recipe[] = [caltechCodes, caltechResnet50, guitarsInception, foodVgg16, flowersResnet18]

/**
 * The recipe of a name.
 *
 * @throws UserError where there is none, with those there are.
 */
export function recipeOf(name: string): Recipe {
  const recipe = recipes.find((one) => one.name === name)
  if (recipe) return recipe
  throw usageError('the recipe', `one of ${recipes.map((one) => one.name).join(', ')}`, name)
}
