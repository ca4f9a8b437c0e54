import { wilsonInterval } from '../../evaluate/wilson-interval.js'
import { type Html, html } from '../page/html.js'
import { tableHtml } from '../page/table.js'
import type { SectionMaker } from './context.js'
import type { HeadRecord, HeadRun } from './saved-run.js'
import { count, interval, percent, shareCell } from './shares.js'

/** Figures beside the accuracy, of sets with one label for each image or several; null where they say nothing. */
const measures: readonly (readonly [title: string, of: (head: HeadRecord) => number | null | undefined])[] = [
  ['Without images seen in training', (head) => head.cleanAccuracy],
  ['Balanced', (head) => (head.multiLabel ? undefined : head.balancedAccuracy)],
  ['Top 5', (head) => (head.multiLabel ? undefined : head.topFive)],
  ['Mean average precision', (head) => (head.multiLabel ? head.meanAveragePrecision : undefined)],
  ['F1 macro', (head) => (head.multiLabel ? head.f1.macro : undefined)],
  ['F1 micro', (head) => (head.multiLabel ? head.f1.micro : undefined)],
  ['Hamming loss', (head) => (head.multiLabel ? head.hammingLoss : undefined)],
]

/** Accuracies on the test part with their intervals, and the other figures of a head. */
export const accuracySection: SectionMaker = async ({ heads }) => {
  if (heads.length === 0) return undefined
  const what = heads.some(({ head }) => head.multiLabel) ? 'whose labels are all right' : 'whose class is right'
  const body = html`<ul class="figures">${heads.map((run) => figure(run, heads.length > 1))}</ul>
<p>Share of test images ${what}, with Wilson’s 95 % interval: how far it may be off because these images were tested and no others.
It does not tell how much another training would differ.</p>
${haveOtherImages(heads) && html`<p><strong>These runs were tested on different images: their figures say little about each other.</strong></p>`}
${table(heads)}`
  return { id: 'accuracy', title: 'Accuracy', body }
}

/** The interval of a head's accuracy on its test images. */
export const accuracyInterval = ({ accuracy, test }: HeadRecord) => wilsonInterval(Math.round(accuracy.test * test), test)

function figure({ name, head }: HeadRun, isNamed: boolean): Html {
  const { low, high } = accuracyInterval(head)
  return html`<li>${isNamed && html`<bdi class="line">${name}</bdi>`}<b>${percent(head.accuracy.test)}</b>${interval(low, high)}</li>`
}

function table(heads: readonly HeadRun[]): Html {
  const shown = measures.filter(([, of]) => heads.some(({ head }) => of(head) !== undefined && of(head) !== null))
  const titles = ['Run', 'Test images', 'Accuracy', '95 % interval', ...shown.map(([title]) => title), 'On validation', 'On train']
  return tableHtml({
    caption: 'Figures of the test part',
    columns: titles.map((title) => ({ title })),
    rows: heads.map(({ name, head }) => {
      const { low, high } = accuracyInterval(head)
      return [
        html`<bdi>${name}</bdi>`,
        { shown: count(head.test), sort: head.test },
        shareCell(head.accuracy.test),
        { shown: interval(low, high), sort: low },
        ...shown.map(([, of]) => shareCell(of(head))),
        shareCell(head.accuracy.validation),
        shareCell(head.accuracy.train),
      ]
    }),
  })
}

function haveOtherImages(heads: readonly HeadRun[]): boolean {
  const tested = heads.flatMap(({ results }) => {
    return typeof results === 'string'
      ? []
      : [
          results.rows
            .map(({ image }) => image)
            .toSorted()
            .join(),
        ]
  })
  return new Set(tested).size > 1
}
