import { type Calibration, calibration, type Decision } from '../../evaluate/calibration.js'
import type { TestResults } from '../../evaluate/test-results.js'
import { calibrationPlot } from '../calibration-plot.js'
import { html } from '../page/html.js'
import { tableHtml } from '../page/table.js'
import type { SectionMaker } from './context.js'
import { predictedClass } from './predictions.js'
import type { HeadRun } from './saved-run.js'
import { count, percent, shareCell } from './shares.js'

/** Whether probabilities keep what they promise. */
export const calibrationSection: SectionMaker = async ({ heads, plots }) => {
  if (heads.length === 0) return undefined
  const measured = heads.flatMap(({ name, head, results }) => {
    if (typeof results === 'string' || results.kind === 'scores') return []
    const decisions = decisionsOf(results, head.multiLabel)
    return [{ name, ...calibration(decisions), decisions }]
  })
  const missing = heads.flatMap(whyNot).map((why) => html`<p>${why}</p>`)
  if (measured.length === 0) return { id: 'calibration', title: 'Calibration', body: html`${missing}` }
  const text = `Accuracy against confidence: ${measured.map(({ name, error }) => `${name} has an expected calibration error of ${percent(error)}`).join('; ')}.`
  const body = html`${await plots.figure('calibration', calibrationPlot(measured), text)}
<p>A head is calibrated when of the answers it gives with 80 % confidence 80 % are right: its line lies on the diagonal, below it where it is too sure.
Expected calibration error: ECE = Σ<sub>b</sub> (n<sub>b</sub> / n) · |accuracy<sub>b</sub> − confidence<sub>b</sub>| over 15 bins of equal width (Guo et al., 2017, “On calibration of modern neural networks”).
The confidence is ${heads.some(({ head }) => head.multiLabel) ? 'that of each label, true or not' : 'the largest probability'}.</p>
${tableHtml({
  caption: 'Calibration on the test part',
  columns: ['Run', 'Answers', 'ECE', 'Mean confidence', 'Right'].map((title) => ({ title })),
  rows: measured.map(({ name, error, bins, decisions }) => [
    html`<bdi>${name}</bdi>`,
    { shown: count(decisions.length), sort: decisions.length },
    shareCell(error),
    shareCell(meanOf(bins, ({ confidence }) => confidence)),
    shareCell(meanOf(bins, ({ accuracy }) => accuracy)),
  ]),
})}${missing}`
  return { id: 'calibration', title: 'Calibration', body }
}

/** Of one class each image's answer; of several labels each label of each image, held true. */
function decisionsOf({ classes, rows }: TestResults, isMultiLabel: boolean): Decision[] {
  if (isMultiLabel) {
    return rows.flatMap(({ answers, labels }) =>
      classes.map((label, at) => ({ confidence: answers[at] ?? 0, isRight: labels.includes(label) })),
    )
  }
  return rows.map(({ answers, labels: [own] }) => {
    const best = predictedClass(answers)
    return { confidence: answers[best] ?? 0, isRight: classes[best] === own }
  })
}

function whyNot({ name, head, results }: HeadRun): string[] {
  if (typeof results === 'string') return [`Not known of ${name}: ${results} Train it again.`]
  return results.kind === 'scores' ? [`Not known of ${name}: ${head.solver} gives scores, not probabilities.`] : []
}

function meanOf(bins: Calibration['bins'], of: (bin: Calibration['bins'][number]) => number): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0)
  return bins.reduce((sum, bin) => sum + (of(bin) * bin.count) / total, 0)
}
