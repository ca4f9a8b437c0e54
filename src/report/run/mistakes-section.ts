import { cardsHtml, type ImageCard } from '../page/cards.js'
import { type Html, html } from '../page/html.js'
import { tableHtml } from '../page/table.js'
import { type ConfusedPair, confusedPairs } from './confused-pairs.js'
import type { SectionMaker } from './context.js'
import { dataThumbnails, type ImageOf } from './data-thumbnails.js'
import type { HeadRun } from './saved-run.js'
import { percent } from './shares.js'
import { type Loss, topLosses } from './top-losses.js'

/** Of so many pairs the table tells, and so many are shown, with so many images each. */
const LISTED = 30
const SHOWN = 8
const IMAGES = 3

/** So many images of the largest losses. */
const LOSSES = 24

/** The classes that are taken for each other most, and the images that were missed by most, as pictures. */
export const mistakesSection: SectionMaker = async ({ heads }) => {
  if (heads.length === 0) return undefined
  const parts: Html[] = []
  for (const run of heads) parts.push(await mistakes(run, heads.length > 1))
  return { id: 'mistakes', title: 'Mistakes', body: html`${parts}` }
}

async function mistakes(run: HeadRun, isNamed: boolean): Promise<Html> {
  const { name, head, results } = run
  const title = isNamed && html`<h3><bdi>${name}</bdi></h3>`
  if (typeof results === 'string') return html`${title}<p>Not known: ${results} Train it again.</p>`
  const pairs = head.multiLabel ? [] : confusedPairs(results)
  const losses = topLosses(results, { isMultiLabel: head.multiLabel, most: LOSSES })
  const shown = pairs.slice(0, SHOWN)
  const images = [...shown.flatMap((pair) => pair.rows.slice(0, IMAGES)), ...losses.map(({ row }) => row)]
  const imageOf = await dataThumbnails(
    head.data,
    images.map(({ path }) => path),
  )
  return html`${title}${!head.multiLabel && pairsHtml(name, pairs, imageOf)}
<h4>Largest losses</h4>
<p>${lossText[results.kind]}</p>
${cardsHtml(losses.map((loss) => lossCard(loss, imageOf)))}`
}

const lossText = {
  probabilities:
    'Test images by the logarithm of the probability that was given to what is true: where the labels may be wrong, or the images odd.',
  scores: 'Test images by how far the score of another class is above that of their own.',
}

function pairsHtml(name: string, pairs: readonly ConfusedPair[], imageOf: ImageOf): Html {
  if (pairs.length === 0) return html`<p>No test image was taken for another class.</p>`
  const rest = pairs.length > LISTED ? ` The first ${LISTED} of ${pairs.length}.` : ''
  return html`<h4>Most confused pairs</h4>
${cardsHtml(
  pairs.slice(0, SHOWN).map(({ actual, predicted, rows, of }) => ({
    images: rows.slice(0, IMAGES).map(({ path }) => imageOf(path)),
    lines: [html`<bdi>${actual}</bdi> taken for <bdi>${predicted}</bdi>: ${rows.length} of ${of}`],
  })),
)}
${tableHtml({
  caption: `Classes taken for others, ${name}.${rest}`,
  columns: ['Class', 'Taken for', 'Images', 'Of', 'Share'].map((title) => ({ title })),
  rows: pairs
    .slice(0, LISTED)
    .map(({ actual, predicted, rows, of }) => [
      html`<bdi>${actual}</bdi>`,
      html`<bdi>${predicted}</bdi>`,
      rows.length,
      of,
      { shown: percent(rows.length / of), sort: rows.length / of },
    ]),
})}`
}

function lossCard({ row, loss, isRight, predicted, confidence, own }: Loss, imageOf: ImageOf): ImageCard {
  const truth = row.labels.length === 0 ? 'no label' : row.labels.join(', ')
  const given = confidence === undefined ? '' : ` (${percent(confidence)})`
  const says = predicted.length === 0 ? 'no label' : predicted.join(', ')
  return {
    images: [imageOf(row.path)],
    lines: [
      html`is <bdi>${truth}</bdi>${own !== undefined && ` (${percent(own)})`}`,
      html`${isRight ? 'found to be' : 'taken for'} <bdi>${says}</bdi>${given}`,
      `loss ${loss.toFixed(2)}`,
    ],
  }
}
