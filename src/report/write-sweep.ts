import { join } from 'node:path'
import { messageOf, UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import type { SeriesComparison } from '../evaluate/compare-series.js'
import type { SweepPoint } from '../evaluate/sweep-point.js'
import { renderPlot } from './render-plot.js'
import { sweepCsv } from './sweep-csv.js'
import { type SweepPlotOptions, sweepPlot } from './sweep-plot.js'

/** A finished sweep and what to say about it. */
export interface Sweep extends SweepPlotOptions {
  readonly points: readonly SweepPoint[]
  readonly comparisons?: readonly SeriesComparison[]
  /** How long the sweep took. */
  readonly seconds: number
  /** What sweep.json says beside points and seconds: seed, split, data, versions. */
  readonly meta: Readonly<Record<string, unknown>>
}

/**
 * Writes a sweep to a folder, which is made where it does not exist: sweep.svg and sweep.png (the plot), sweep.csv (one row per
 * point and repeat), sweep.json (meta, seconds, points).
 *
 * Files of an earlier sweep are replaced, each at once. Nothing is written if the plot cannot be drawn.
 *
 * @returns the paths of the four files
 */
export async function writeSweep(dir: string, sweep: Sweep): Promise<string[]> {
  const { svg, png } = await renderPlot(sweepPlot(sweep.points, sweep))
  const { meta, seconds, points, comparisons = [], curves = [] } = sweep
  const json = { ...meta, seconds, points, comparisons, curves }
  const files: readonly (readonly [name: string, content: string | Buffer])[] = [
    ['sweep.svg', `${svg}\n`],
    ['sweep.png', png],
    ['sweep.csv', sweepCsv(sweep.points)],
    ['sweep.json', `${JSON.stringify(json, null, 2)}\n`],
  ]
  try {
    makeFolder(dir)
    for (const [name, content] of files) await writeAtomic(join(dir, name), content)
  } catch (error) {
    const [reason] = messageOf(error).split(',') // without the system call and the path
    throw new UserError(
      `Expected a folder where the sweep's files can be written, got "${dir}" (${reason}). Choose another folder or make room in it.`,
    )
  }
  return files.map(([name]) => join(dir, name))
}
