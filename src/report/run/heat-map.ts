import { type Html, html } from '../page/html.js'
import { shortNames } from '../short-names.js'
import { textEms } from '../wrap-text.js'

/** A confusion matrix to draw. */
export interface HeatMap {
  readonly name: string
  readonly classes: readonly string[]
  /** Rows are the images' classes, columns the predicted ones. */
  readonly counts: readonly (readonly number[])[]
  /** Places of the classes, rows and columns alike. */
  readonly order: readonly number[]
  /** Pixels that the cells may take side by side. */
  readonly width: number
}

/** Smallest cells beside which names can be read. */
const NAMED = 8
const LONGEST = 12

/**
 * A confusion matrix as SVG: a cell's strength is the share of its row, on one scale for all matrices; its counts are shown while
 * the mouse is on it. Cells of 0 are not drawn, so that a hundred classes take some kB.
 */
export function heatMap({ name, classes, counts, order, width }: HeatMap): Html {
  const cell = Math.max(5, Math.min(28, Math.floor(width / classes.length)))
  const font = Math.min(12, cell)
  const short = shortNames(classes, LONGEST)
  const names = order.map((label) => short.get(classes[label] ?? '') ?? '')
  const margin = cell < NAMED ? 4 : Math.ceil(Math.max(...names.map(textEms)) * font * 0.8) + 8
  const side = cell * classes.length
  const text = `Confusion matrix of ${name}: ${classes.length} classes, confused ones side by side; the tables below name the most confused pairs.`
  return html`<svg class="heat" role="img" aria-label="${text}" width="${margin + side + 2}" height="${margin + side + 2}" viewBox="0 0 ${margin + side + 2} ${margin + side + 2}">
${cell >= NAMED && labels(names, { cell, font, margin })}
<g transform="translate(${margin} ${margin})"><path class="frame" d="M0 0h${side}v${side}h-${side}z"/>
${order.map((row, y) => cells({ row, y, counts, order, classes, cell }))}</g></svg>`
}

function labels(names: readonly string[], { cell, font, margin }: { cell: number; font: number; margin: number }): Html {
  const middle = (at: number) => margin + (at + 0.5) * cell
  return html`<g font-size="${font}">${names.map(
    (name, at) =>
      html`<text x="${margin - 4}" y="${middle(at)}" text-anchor="end" dominant-baseline="central">${name}</text><text transform="translate(${middle(at)} ${margin - 4}) rotate(-90)" dominant-baseline="central">${name}</text>`,
  )}</g>`
}

interface Row extends Pick<HeatMap, 'classes' | 'counts' | 'order'> {
  readonly row: number
  readonly y: number
  readonly cell: number
}

function cells({ row, y, counts, order, classes, cell }: Row): HtmlRow {
  const own = counts[row] ?? []
  const total = own.reduce((sum, count) => sum + count, 0)
  return order.map((column, x) => {
    const count = own[column] ?? 0
    if (count === 0) return null
    const share = count / total
    const title = `${classes[row]} → ${classes[column]}: ${count} of ${total} (${Math.round(share * 100)} %)`
    // A single image in a large class must still be seen.
    const strength = (0.3 + 0.7 * share).toFixed(2)
    return html`<rect x="${x * cell}" y="${y * cell}" width="${cell}" height="${cell}" fill-opacity="${strength}"><title>${title}</title></rect>`
  })
}

type HtmlRow = readonly (Html | null)[]
