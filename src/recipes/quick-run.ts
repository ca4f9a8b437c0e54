import type { Recipe, RecipeNetwork, ViewRule } from './published/recipe.js'

/** Side of the images, in pixels, and views of each. */
const [fewPixels, fewViews] = [96, 2]

/** What a quick run makes smaller beside epochs, heads and sizes of sweeps. */
export interface QuickRun {
  readonly views: ViewRule | undefined
  readonly size: (network: RecipeNetwork) => number
  /** What is done otherwise. */
  readonly deviations: readonly string[]
}

/** What a recipe does in a quick run, or where it is none. */
export function quickRun({ views, networks }: Recipe, quick: boolean): QuickRun {
  if (!quick) return { views, size: ({ size }) => size, deviations: [] }
  const heads = networks.flatMap(({ steps }) => steps.flatMap(({ options }) => (options.quickHead === undefined ? [] : [options])))
  const smaller = heads.map(({ head, quickHead }) => `A quick run: the head ${quickHead} instead of ${head}.`)
  const fewer = views && { ...views, count: Math.min(fewViews, views.count) }
  return {
    views: fewer,
    size: ({ size }) => Math.min(fewPixels, size),
    deviations: [...new Set(smaller), ...(fewer ? [`A quick run: ${fewer.count} views instead of ${views?.count}.`] : [])],
  }
}
