import { existsSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../base/temporary-name.js'
import { scanFolder } from '../images/scan-folder.js'
import { datasetSources } from './datasets/dataset-sources.js'
import { writeDemoImages } from './demo-images.js'
import type { Recipe, RecipeData } from './published/recipe.js'

/** The images that a recipe runs on. */
export interface RecipeImages {
  readonly folder: string
  /** given: by the user; found: where get-dataset puts them; generated: they stand in for a data set that is not there. */
  readonly origin: 'given' | 'found' | 'generated'
  readonly classes: readonly string[] | undefined
  readonly excludeClasses: readonly string[] | undefined
  /** How many there are. */
  readonly counts: { readonly images: number; readonly classes: number }
}

export interface RecipeImagesOptions {
  /** The user's folder. */
  readonly data?: string | undefined
  /** Where data sets lie, default `data`. */
  readonly root?: string | undefined
  /** Folder that generated images go to. */
  readonly out: string
  readonly quick: boolean
  readonly seed: number
}

/** Generated images of a class; of a quick run, and its classes at most. */
const [perClass, fewPerClass, fewClasses] = [64, 24, 5]

/** Finds a recipe's images, or draws some where there are none. */
export async function recipeImages({ data: { firstClasses, ...data } }: Recipe, options: RecipeImagesOptions): Promise<RecipeImages> {
  const found = findDataset(data, options.root)
  const folder = options.data ?? found ?? (await drawImages(data, options))
  const origin = options.data !== undefined ? 'given' : found !== undefined ? 'found' : 'generated'
  const background = datasetSources.find(({ name }) => name === data.dataset)?.background
  const excludeClasses = background !== undefined && existsSync(join(folder, background)) ? [background] : undefined
  const labels = scanFolder(folder).files.map(({ label }) => label)
  const classes = firstClasses === undefined ? undefined : [...new Set(labels)].sort().slice(0, firstClasses)
  const taken = labels.filter((label) => (classes?.includes(label) ?? true) && !excludeClasses?.includes(label))
  return { folder, origin, classes, excludeClasses, counts: { images: taken.length, classes: new Set(taken).size } }
}

/** The folder of a recipe's images where get-dataset puts them; undefined where there is none. */
export function findDataset({ dataset }: Pick<RecipeData, 'dataset'>, root = 'data'): string | undefined {
  const source = datasetSources.find(({ name }) => name === dataset)
  const folder = source && join(root, source.name, source.imageFolder)
  return folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : undefined
}

/** The same options give the same images: those of an earlier run are taken. */
async function drawImages({ generatedClasses }: Pick<RecipeData, 'generatedClasses'>, options: RecipeImagesOptions) {
  const { out, quick, seed } = options
  const [classes, count] = quick ? [Math.min(fewClasses, generatedClasses), fewPerClass] : [generatedClasses, perClass]
  const folder = join(out, `images-${classes}-${count}-${seed}`)
  if (existsSync(folder)) return folder
  const temporary = join(out, temporaryName())
  try {
    await writeDemoImages(temporary, { classes, perClass: count, seed })
    await rename(temporary, folder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}
