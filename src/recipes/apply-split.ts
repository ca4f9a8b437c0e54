import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CodedImage, DataSet } from '../evaluate/data-set.js'
import type { SplitRule } from './published/recipe.js'

/** Shares of images, for what is not divided otherwise. */
export interface RecipeShares {
  readonly split: string
  readonly validation: string
}

/** A data set whose images are divided as a recipe says, and the shares for what is not divided yet. */
export interface RecipeSplit extends RecipeShares {
  readonly data: DataSet
  /** What is done otherwise than the recipe says. */
  readonly deviation: string | undefined
}

/** The share that stands in for a rule that these images do not know. */
const usual = '0.7'

/** The shares of a recipe's rule. */
export function sharesOf(rule: SplitRule): RecipeShares {
  return { split: rule.by === 'share' ? rule.train : usual, validation: rule.validation }
}

/**
 * Divides a data set by a recipe's rule. Folders that are divided into train and test already stay so.
 *
 * @param options `generated`: these are not the recipe's own images, which its rule would not fit.
 */
export function applySplit(data: DataSet, rule: SplitRule, { generated }: { readonly generated: boolean }): RecipeSplit {
  const shares = sharesOf(rule)
  const divided = data.images.some(({ part }) => part !== undefined)
  if (rule.by === 'share') return { data, ...shares, deviation: undefined }
  if (divided) return { data, ...shares, deviation: undefined }
  if (generated) return { data, ...shares, deviation: '70 % of each generated class are to train.' }
  const images = rule.by === 'first' ? firstToTest(data.images, rule.test) : byLists(data, rule.folder)
  if (images) return { data: { ...data, images }, ...shares, deviation: undefined }
  const where = join(dirname(data.root), rule.by === 'lists' ? rule.folder : '')
  const deviation = `70 % of each class are to train: the data set's own lists train.txt and test.txt are not in ${where}, or name other images.`
  return { data, ...shares, deviation }
}

/** The first images of each class, in the order of their names. */
function firstToTest(images: readonly CodedImage[], count: number): CodedImage[] {
  const seen = new Map<string, number>()
  const inOrder = [...images].sort((a, b) => (a.path < b.path ? -1 : 1))
  return inOrder.map((image) => {
    const before = seen.get(image.label) ?? 0
    seen.set(image.label, before + 1)
    return { ...image, part: before < count ? 'test' : 'train' }
  })
}

/** Undefined where a list is missing, or an image is in none. */
function byLists({ root, images }: DataSet, folder: string): CodedImage[] | undefined {
  const parts = new Map<string, 'train' | 'test'>()
  for (const part of ['train', 'test'] as const) {
    const file = join(dirname(root), folder, `${part}.txt`)
    if (!existsSync(file)) return undefined
    for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) parts.set(line.trim(), part)
  }
  const divided = images.map((image) => ({ ...image, part: parts.get(image.path.replace(/\.[^./]+$/, '')) }))
  return divided.every(({ part }) => part !== undefined) ? divided : undefined
}
