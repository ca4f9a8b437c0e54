import type { HeadOptions } from '../../evaluate/head-options.js'
import type { OptimizerName } from '../../heads/optimizers/index.js'
import type { ResizeRule } from '../../images/resize-rule.js'

/** A published experiment as data: what was done, what came out, and what is done otherwise here. */
export interface Recipe {
  readonly name: string
  readonly title: string
  readonly data: RecipeData
  readonly split: SplitRule
  readonly seed: number
  readonly networks: readonly RecipeNetwork[]
  /** How the original changes its images at random while it trains; undefined: it does not. */
  readonly views: ViewRule | undefined
  /** Whether the accuracy is told without pictures that are on both sides of the split too. */
  readonly pollution: boolean
  /** What deviates from the original, a sentence each. */
  readonly deviations: readonly string[]
}

export interface RecipeData {
  /** Name of a data set that `get-dataset` knows; undefined: any folder of classes. */
  readonly dataset: string | undefined
  /** In words. */
  readonly what: string
  /** Only so many classes, the first in sorted order. */
  readonly firstClasses: number | undefined
  /** Classes of generated images that stand in where the data set is not there. */
  readonly generatedClasses: number
}

/** Views of each image that every training of a recipe draws from, the plain one included. */
export interface ViewRule {
  readonly count: number
  /** A specification of `codes --augment` in its one spelling. */
  readonly augment: string
}

/** Which images are to train and which to test; `validation` is the share of each class's train part that choices are made on. */
export type SplitRule =
  | { readonly by: 'share'; readonly train: string; readonly validation: string }
  /** The first images of each class, in the order of their names, are to test. */
  | { readonly by: 'first'; readonly test: number; readonly validation: string }
  /** CLASS/NAME without ending, a line each, in train.txt and test.txt of a folder beside that of the images. */
  | { readonly by: 'lists'; readonly folder: string; readonly validation: string }

/** A network, and what is done with its codes. */
export interface RecipeNetwork {
  readonly model: string
  readonly size: number
  readonly resize: ResizeRule
  readonly steps: readonly RecipeStep[]
}

export type RecipeStep = HeadStep | SweepStep | FineTuneStep

interface StepFacts {
  readonly title: string
  readonly published: Published | undefined
}

/** What the original reports: it was not measured here. */
export interface Published {
  readonly text: string
  /** A share of right answers, where it reports one. */
  readonly accuracy?: number
}

type Training = Pick<HeadOptions, 'head' | 'solver' | 'lr' | 'batch' | 'epochs' | 'schedule' | 'patience' | 'monitor' | 'weightDecay'> & {
  /** The head of a quick run, where the own one is too large for it. */
  readonly quickHead?: string
}

/** A head on the frozen network's codes. */
export interface HeadStep extends StepFacts {
  readonly kind: 'head'
  readonly options: Training
}

/** The same head on sub-samples of growing size. */
export interface SweepStep extends StepFacts {
  readonly kind: 'sweep'
  readonly options: Training
  readonly perClass: readonly number[]
}

/** The network's last layers, or all of them, and a head trained together; behind a head step of the same network both go on from there. */
export interface FineTuneStep extends StepFacts {
  readonly kind: 'fine-tune'
  /** Layers counted from the last as Keras does; or the first layer that is trained, `input` for all. */
  readonly tail: RecipeTail
  readonly options: Training & {
    readonly solver: OptimizerName
    /** Of the head. */
    readonly lr: number
    /** Of the network's own layers. */
    readonly tailLr: number
    readonly epochs: number
  }
}

export type RecipeTail = { readonly last: number } | { readonly from: string }
