import { confusionOrder } from '../../evaluate/confusion-order.js'
import { confusionPlot } from '../confusion-plot.js'
import { html } from '../page/html.js'
import type { SectionMaker } from './context.js'
import { heatMap } from './heat-map.js'
import { isOneLabel } from './saved-run.js'

/** What the classes are taken for, as heat maps side by side. */
export const confusionSection: SectionMaker = async ({ heads, plots }) => {
  if (heads.length === 0) return undefined
  const runs = heads.filter(isOneLabel)
  if (runs.length === 0) {
    return {
      id: 'confusion',
      title: 'Confusion',
      body: html`<p>Images with several labels have no confusion matrix: no label is given in place of another.</p>`,
    }
  }
  const orders = new Map<string, readonly number[]>()
  const drawn = runs.map(({ name, head: { labels: classes, confusion: counts } }) => {
    const key = JSON.stringify(classes)
    const alike = runs.filter(({ head }) => JSON.stringify(head.labels) === key).map(({ head }) => head.confusion)
    const order = orders.get(key) ?? confusionOrder(alike)
    orders.set(key, order)
    return { name, classes, counts, order }
  })
  const matrices = drawn.map(({ name, classes, counts, order }) => ({
    title: name,
    classes: order.map((label) => classes[label] ?? ''),
    counts: order.map((row) => order.map((column) => counts[row]?.[column] ?? 0)),
  }))
  plots.add('confusion', confusionPlot(matrices))
  const body = html`<p>Rows are the classes of the test images, columns what they are taken for; the stronger a cell, the larger its share of the row. Classes
that are taken for each other stand together${drawn.length > 1 && ', in the same order and on the same scale for all runs'}. Point at a cell for its counts.</p>
<p class="scale soft">0 % <span></span> 100 % of the row</p>
<div class="heats">${drawn.map((one) => {
    const label = `Confusion matrix of ${one.name}, scrollable`
    return html`<figure>${drawn.length > 1 && html`<figcaption><bdi>${one.name}</bdi></figcaption>`}<div class="scroll" role="group" aria-label="${label}" tabindex="0">${heatMap({ ...one, width: drawn.length > 1 ? 520 : 960 })}</div></figure>`
  })}</div>`
  return { id: 'confusion', title: 'Confusion', body }
}
