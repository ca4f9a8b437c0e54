import type { CountedAccuracy } from '../evaluate/accuracy-among.js'
import type { Confusion } from '../report/confusion-plot.js'
import type { Published } from './published/recipe.js'

/** An accuracy, and on which images. */
export interface MeasuredRow extends CountedAccuracy {
  readonly what: string
  /** 95 % interval over sub-samples; null where there is none. */
  readonly low: number | null
  readonly high: number | null
}

/** What came of a recipe's step. */
export type StepResult = StepFacts & (StepDone | StepNotRun)

export interface StepFacts {
  readonly title: string
  readonly model: string
  readonly published: Published | null
}

export interface StepDone {
  readonly status: 'done'
  /** The first row is what stands beside the published figure. */
  readonly rows: readonly MeasuredRow[]
  readonly seconds: number
  /** What was done otherwise. */
  readonly deviations: readonly string[]
  /** Plots and tables. */
  readonly files: readonly string[]
  /** What it said of the test images of each class; undefined where it is no single classifier. */
  readonly confusion?: Omit<Confusion, 'title'> | undefined
  /** Everything else that is known of it. */
  readonly figures: Readonly<Record<string, unknown>>
}

export interface StepNotRun {
  readonly status: 'not run'
  readonly why: string
}
