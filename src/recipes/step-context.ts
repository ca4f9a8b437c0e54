import type { DataSetOptions } from '../evaluate/data-set.js'
import type { HeadOptions } from '../evaluate/head-options.js'
import type { NearDuplicate } from '../evaluate/near-duplicates.js'
import type { RecipeSplit } from './apply-split.js'
import type { RunRecipeOptions } from './run-recipe-options.js'
import type { StepDone } from './step-result.js'

/** What a step works on: a network's codes of the recipe's images. */
export interface StepContext extends RecipeSplit {
  /** Names the recipe, the network and the step in folders. */
  readonly name: string
  /** Opens these codes again. */
  readonly codes: DataSetOptions
  /** Folder for plots and tables. */
  readonly out: string
  readonly seed: number
  /** Few epochs and sizes. */
  readonly quick: boolean
  /** Cosine from which on images count as one picture; undefined: they are not looked for. */
  readonly near: number | undefined
  /** Pictures on both sides of the split. */
  readonly duplicates: readonly NearDuplicate[]
  /** Paths or sha256 of images that are left out of a second accuracy. */
  readonly without: ReadonlySet<string> | undefined
  readonly onEpoch: RunRecipeOptions['onEpoch']
  /** Of every training. */
  readonly training: Pick<HeadOptions, 'memory' | 'interruptible' | 'onNote' | 'onProgress'>
}

export type StepRunner<S> = (step: S, context: StepContext) => Promise<Omit<StepDone, 'status' | 'seconds'>>
