import { basename } from 'node:path'
import { seriesNames } from '../../evaluate/series.js'
import { type Html, html } from '../page/html.js'
import { tableHtml } from '../page/table.js'
import { sweepPlot } from '../sweep-plot.js'
import { targetText } from '../target-text.js'
import type { ReportContext, SectionMaker } from './context.js'
import type { SweepRun } from './saved-run.js'
import { count, interval, shareCell } from './shares.js'

/** Accuracy against training images, of sweeps. */
export const sweepSection: SectionMaker = async ({ sweeps, plots }) => {
  if (sweeps.length === 0) return undefined
  const parts: Html[] = []
  for (const run of sweeps) parts.push(await one(run, plots, sweeps.length > 1))
  return { id: 'sweep', title: 'Sweep', body: html`${parts}` }
}

async function one({ name, sweep }: SweepRun, plots: ReportContext['plots'], isNamed: boolean): Promise<Html> {
  const { points, curves = [], data, classes, test, series } = sweep
  const models = [...new Set(series.map(({ model }) => model))].join(', ')
  const subtitle = `${basename(data)}: ${classes} classes, ${test} test images; ${models}`
  const spec = sweepPlot(points, { title: 'Accuracy against training images', subtitle, curves })
  const figure = await plots.figure(
    `${name}-sweep`,
    spec,
    `Test accuracy against training images of ${name}; the table below has its figures.`,
  )
  return html`${isNamed && html`<h3><bdi>${name}</bdi></h3>`}${figure}${targetText(curves).map((line) => html`<p>${line}</p>`)}
${table(name, points)}
<p class="soft">Interval: Student’s t over the repeats, ${count(test)} test images, the same for all; none where the repeats are the same images.</p>`
}

function table(name: string, points: SweepRun['sweep']['points']): Html {
  const names = seriesNames(points)
  return tableHtml({
    caption: `Points of the sweep ${name}`,
    columns: ['Series', 'Per class', 'Train images', 'Repeats', 'Accuracy', '95 % interval'].map((title) => ({ title })),
    rows: points.map(({ perClass, total, trainImages, repeats, mean, low, high }, at) => [
      html`<bdi>${names[at]}</bdi>`,
      total === null ? perClass : '–',
      { shown: count(trainImages), sort: trainImages },
      repeats,
      shareCell(mean),
      { shown: interval(low, high), sort: low ?? -1 },
    ]),
  })
}
