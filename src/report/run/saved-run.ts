import type { Versions } from '../../base/versions.js'
import type { HeadFigures } from '../../evaluate/measure-head.js'
import type { SweepSamplesResult } from '../../evaluate/sweep-samples.js'
import type { TestResults } from '../../evaluate/test-results.js'

/** What head.json says, as `keepHead` writes it; the last ones are missing in heads that were saved by versions before 0.1. */
export type HeadRecord = HeadFigures & {
  readonly labels: readonly string[]
  /** Root of the data set. */
  readonly data: string
  readonly created: string
  readonly versions?: Versions
  readonly seconds?: number
  readonly command?: string | null
}

/** A trained head to report of. */
export interface HeadRun {
  readonly kind: 'head'
  /** Tells runs of one report apart: that of its folder, numbered where two are the same. */
  readonly name: string
  readonly folder: string
  readonly head: HeadRecord
  /** What it says of each test image, or why that is not known. */
  readonly results: TestResults | string
}

/** A sweep to report of. */
export interface SweepRun {
  readonly kind: 'sweep'
  readonly name: string
  readonly folder: string
  readonly sweep: SweepSamplesResult & { readonly command?: string | null }
}

export type SavedRun = HeadRun | SweepRun

/** Whether a run's images have one class each: then it has a confusion matrix. */
export const isOneLabel = (run: HeadRun): run is HeadRun & { readonly head: HeadRecord & { readonly multiLabel: false } } =>
  !run.head.multiLabel
