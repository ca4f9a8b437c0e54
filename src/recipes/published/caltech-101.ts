import type { RecipeData } from './recipe.js'

export const caltech101: RecipeData = {
  dataset: 'caltech-101',
  what: 'Caltech-101 without its background class',
  firstClasses: undefined,
  generatedClasses: 10,
}
