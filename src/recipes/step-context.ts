import type { DataSetOptions } from '../evaluate/data-set.js'
import type { HeadOptions } from '../evaluate/head-options.js'
import type { NearDuplicate } from '../evaluate/near-duplicates.js'
import type { CutOptions } from '../finetune/find-cut.js'
import type { FineTuneOptions } from '../finetune/fine-tune-options.js'
import type { RecipeSplit } from './apply-split.js'
import type { HeadStep } from './published/recipe.js'
import type { RunRecipeOptions } from './run-recipe-options.js'
import type { StepDone } from './step-result.js'

/** What every step is told. */
export interface StepContext {
  /** Names the recipe, the network and the step in folders. */
  readonly name: string
  /** Folder for plots and tables. */
  readonly out: string
  readonly seed: number
  /** Few epochs and sizes. */
  readonly quick: boolean
  /** Paths or sha256 of images that are left out of a second accuracy. */
  readonly without: ReadonlySet<string> | undefined
  readonly onEpoch: RunRecipeOptions['onEpoch']
  /** Of every training. */
  readonly training: Pick<HeadOptions, 'memory' | 'interruptible' | 'onNote' | 'onProgress'>
}

/** What a step works on that takes a frozen network's codes of the recipe's images. */
export interface CodesContext extends StepContext, RecipeSplit {
  /** Opens these codes again. */
  readonly codes: DataSetOptions
  /** Cosine from which on images count as one picture; undefined: they are not looked for. */
  readonly near: number | undefined
  /** Pictures on both sides of the split. */
  readonly duplicates: readonly NearDuplicate[]
}

/** What a step works on that trains the network itself. */
export interface TuneContext extends StepContext {
  /** Images, network, split and views, as for every step of the network. */
  readonly tuned: FineTuneOptions
  readonly tail: CutOptions
  /** What is done otherwise than the step says. */
  readonly deviations: readonly string[]
  /** The step that trained a head on the frozen network, where there is one. */
  readonly frozen: HeadStep | undefined
}

export type StepRunner<S, C> = (step: S, context: C) => Promise<Omit<StepDone, 'status' | 'seconds'>>
