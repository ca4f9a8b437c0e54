import type { PageSection } from '../page/page.js'
import type { Plots } from './plots.js'
import type { HeadRun, SweepRun } from './saved-run.js'

/** What a report is made of. */
export interface ReportContext {
  readonly heads: readonly HeadRun[]
  readonly sweeps: readonly SweepRun[]
  /** Where codes are, unless a head lies in a cache of its own. */
  readonly cache: string
  readonly plots: Plots
}

/** Makes a part of a report; undefined where there is nothing to say. */
export type SectionMaker = (context: ReportContext) => Promise<PageSection | undefined>
