import { type Html, html } from '../page/html.js'
import { trainingPlot } from '../training-plot.js'
import type { ReportContext, SectionMaker } from './context.js'
import type { HeadRun } from './saved-run.js'
import { percent } from './shares.js'

/** Loss and accuracy while the heads were trained. */
export const curvesSection: SectionMaker = async ({ heads, plots }) => {
  if (heads.length === 0) return undefined
  const parts: Html[] = []
  for (const run of heads) parts.push(await curves(run, plots, heads.length > 1))
  return { id: 'training', title: 'Training', body: html`${parts}` }
}

async function curves({ name, head }: HeadRun, plots: ReportContext['plots'], isNamed: boolean): Promise<Html> {
  const { history, kept, solver, pool, model } = head
  const title = isNamed && html`<h3><bdi>${name}</bdi></h3>`
  const isGrid = history.some(({ rate, l2 }) => rate !== undefined && l2 !== undefined)
  if (history.length === 0) return html`${title}<p>No curves: ${solver} was trained in one step, without a choice.</p>`
  if (isGrid) return html`${title}<p>No curves: a grid of settings was trained in one pass; head.json has their figures.</p>`
  const spec = trainingPlot({ history, kept, title: `${head.head} on ${pool === 'none' ? 'flat' : pool} codes of ${model}` })
  const last = history.find(({ epoch }) => epoch === kept) ?? history.at(-1)
  const validated = last?.valAccuracy === null || last === undefined ? '' : `, validation accuracy ${percent(last.valAccuracy)}`
  const by = kept === null && history.every(({ l2 }) => l2 !== undefined) ? `${history.length} values of λ` : `${history.length} epochs`
  const text = `Loss and accuracy of ${name} over ${by}; ${kept === null ? 'at the last' : `at epoch ${kept}, which was kept,`} loss ${last?.loss.toPrecision(3)}${validated}.`
  return html`${title}${await plots.figure(`${name}-training`, spec, text)}`
}
