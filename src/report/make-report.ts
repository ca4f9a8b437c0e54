import { dirname, join } from 'node:path'
import { messageOf, UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { writeRemedy } from '../base/write-remedy.js'
import { cachePaths } from '../cache/paths.js'
import { toHeadName } from '../heads/save-head.js'
import { page } from './page/page.js'
import { accuracyInterval, accuracySection } from './run/accuracy-section.js'
import { calibrationSection } from './run/calibration-section.js'
import { classesSection } from './run/classes-section.js'
import { confusionSection } from './run/confusion-section.js'
import type { ReportContext, SectionMaker } from './run/context.js'
import { curvesSection } from './run/curves-section.js'
import { factsSection } from './run/facts-section.js'
import { findRuns } from './run/find-runs.js'
import { mapSection } from './run/map-section.js'
import { mistakesSection } from './run/mistakes-section.js'
import { Plots } from './run/plots.js'
import type { SavedRun } from './run/saved-run.js'
import { sweepSection } from './run/sweep-section.js'
import { writePlot } from './write-plot.js'

export interface ReportOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Saved heads and sweeps by their names in the cache, or paths of them; default the head that was saved last. */
  readonly names?: readonly string[] | undefined
  /** The HTML file, default CACHE/reports/NAME.html. */
  readonly out?: string | undefined
  /** Folder that takes every plot as SVG and PNG; default: none is written. */
  readonly plots?: string | undefined
}

export interface ReportResult {
  readonly file: string
  readonly bytes: number
  readonly runs: readonly ReportedRun[]
  /** Files of the plots. */
  readonly plots: readonly string[]
}

/** A run of a report; accuracy and its 95 % interval are null for a sweep. */
export interface ReportedRun {
  readonly name: string
  readonly kind: SavedRun['kind']
  readonly folder: string
  readonly accuracy: number | null
  readonly low: number | null
  readonly high: number | null
}

/** In the order of the page. */
const makers: readonly SectionMaker[] = [
  accuracySection,
  curvesSection,
  sweepSection,
  confusionSection,
  classesSection,
  calibrationSection,
  mistakesSection,
  mapSection,
  factsSection,
]

/**
 * Writes one HTML file that shows a run, or several side by side, and needs nothing beside it.
 *
 * @throws UserError where a run is not found or cannot be read, or a file cannot be written.
 */
export async function makeReport({ cache = 'cache', names = [], out, plots: folder }: ReportOptions = {}): Promise<ReportResult> {
  const runs = findRuns(cache, names)
  const plots = new Plots()
  const context: ReportContext = {
    heads: runs.filter((run) => run.kind === 'head'),
    sweeps: runs.filter((run) => run.kind === 'sweep'),
    cache,
    plots,
  }
  const sections = []
  for (const make of makers) sections.push(await make(context))
  const title = runs.map(({ name }) => name).join(', ')
  const text = page({ title, subtitle: 'Report', sections: sections.flatMap((section) => section ?? []) })
  const file = out ?? join(cachePaths(cache).reports, `${toHeadName(title).slice(0, LONGEST)}.html`)
  await write(file, text)
  return {
    file,
    bytes: Buffer.byteLength(text),
    runs: runs.map(reported),
    plots: folder === undefined ? [] : await writeAll(folder, plots),
  }
}

/** Characters of a file's name, which systems limit to 255 bytes. */
const LONGEST = 150

function reported(run: SavedRun): ReportedRun {
  const { name, kind, folder } = run
  const of = { name, kind, folder }
  return run.kind === 'sweep'
    ? { ...of, accuracy: null, low: null, high: null }
    : { ...of, accuracy: run.head.accuracy.test, ...accuracyInterval(run.head) }
}

async function write(file: string, text: string): Promise<void> {
  try {
    makeFolder(dirname(file))
    await writeAtomic(file, text)
  } catch (error) {
    throw new UserError(
      `Expected to write the report to ${file}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again.`,
    )
  }
}

async function writeAll(folder: string, plots: Plots): Promise<string[]> {
  const files: string[] = []
  try {
    for (const [name, spec] of plots.all()) files.push(...(await writePlot(folder, name, spec)))
  } catch (error) {
    throw new UserError(
      `Expected to write the plots into ${folder}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again.`,
    )
  }
  return files
}
