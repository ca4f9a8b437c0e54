import { type ComparedKind, kindNames, poolName } from '../../evaluate/compared-kind.js'
import { html } from '../page/html.js'
import { page } from '../page/page.js'
import { plotFigure } from '../page/plot-figure.js'
import { tableHtml } from '../page/table.js'
import { count, interval, shareCell } from '../run/shares.js'
import type { KindsComparison } from './kinds-comparison.js'
import { kindsNotes, speedText } from './kinds-text.js'

export interface KindsPageOptions {
  /** The plot; undefined where there was nothing to draw. */
  readonly svg: string | undefined
  /** The command that repeats it. */
  readonly command: string | null
}

/** One HTML page of kinds of codes side by side: plot, table, how it was made. */
export function kindsPage(comparison: KindsComparison, { svg, command }: KindsPageOptions): string {
  const { rows, seconds } = comparison
  const text = 'Test accuracy against images per second; the table below has its figures.'
  const plot = svg === undefined ? html`<p>No speed is known: there is nothing to draw.</p>` : plotFigure({ svg, text })
  return page({
    title: 'Kinds of codes compared',
    subtitle: comparison.data,
    sections: [
      { id: 'kinds', title: 'Accuracy, speed and disk', body: html`${plot}${table(rows)}` },
      {
        id: 'facts',
        title: 'How it was made',
        body: html`${kindsNotes(comparison).map((note) => html`<p>${note}</p>`)}
<p>Interval: Student’s t over the splits. Splits share images, so it is rather too narrow; it tells the luck of the split, not of other images.
Disk: the numbers of these images’ codes, which are kept before pooling. Measuring took ${seconds.toFixed(1)} s.</p>
<h3>The command that repeats it</h3>
<pre tabindex="0">${command ?? 'Not kept: made by the library.'}</pre>`,
      },
    ],
  })
}

function table(rows: readonly ComparedKind[]) {
  const names = kindNames(rows)
  const titles = ['Codes', 'Pool', 'Accuracy', '95 % interval', 'Images/s', 'Numbers', 'Disk, MB', 'Pareto set']
  return tableHtml({
    caption: 'Kinds of codes under each pool',
    columns: titles.map((title) => ({ title })),
    rows: rows.map((row, at) => [
      html`<bdi>${names[at]}</bdi>`,
      poolName(row),
      shareCell(row.accuracy),
      { shown: interval(row.low, row.high), sort: row.low ?? -1 },
      row.imagesPerSecond === null
        ? { shown: 'not known', sort: -1 }
        : { shown: speedText(row.imagesPerSecond), sort: row.imagesPerSecond },
      { shown: count(row.codeLength), sort: row.codeLength },
      { shown: (row.bytes / 1e6).toFixed(1), sort: row.bytes },
      { shown: row.pareto ? 'yes' : 'no', sort: row.pareto ? 1 : 0 },
    ]),
  })
}
