import { type Html, html } from '../page/html.js'
import { type TableCell, tableHtml } from '../page/table.js'
import type { SectionMaker } from './context.js'
import type { HeadRecord, SavedRun } from './saved-run.js'
import { count } from './shares.js'

const unknown = 'not kept'

/** What is told of heads, a row each. */
const facts: readonly (readonly [title: string, of: (head: HeadRecord) => string])[] = [
  ['Network', ({ model }) => model],
  ['Layer', ({ layer }) => layer],
  ['Codes', ({ pool, codeLength }) => `${pool === 'none' ? 'flat' : pool}, ${count(codeLength)} numbers`],
  ['Head', ({ head }) => head],
  ['Solver', ({ solver, space }) => `${solver}, through ${space === 'gram' ? 'the Gram matrix' : 'the codes'}`],
  ['L2 (λ)', ({ l2 }) => (l2 === null ? 'none' : l2.toPrecision(3))],
  ['Epochs or iterations', ({ epochs, kept }) => `${epochs}${kept === null ? '' : `, kept: ${kept}`}`],
  ['Settings', ({ settings }) => settingsText(settings)],
  ['Images', (head) => `${count(head.train)} to train, ${count(head.validation)} to choose, ${count(head.test)} to test`],
  ['Classes', ({ classes }) => String(classes)],
  ['Left out, labels in conflict', ({ conflicts }) => String(conflicts.flat().length)],
  ['Seed', ({ seed }) => String(seed)],
  [
    'Split',
    ({ split }) => `${split.train}, validation ${split.validation}${split.perClass === null ? '' : `, at most ${split.perClass} a class`}`,
  ],
  ['Data', ({ data }) => data],
  ['Labels', ({ labelFile }) => labelFile ?? 'the folders’ names'],
  ['Fingerprint of the codes', ({ fingerprint }) => fingerprint],
  ['Saved', ({ created }) => created],
  ['Seconds', ({ seconds }) => seconds?.toFixed(1) ?? unknown],
  [
    'Versions',
    ({ versions }) =>
      versions
        ? Object.entries(versions)
            .map((pair) => pair.join(' '))
            .join(', ')
        : unknown,
  ],
]

/** Timings, versions, seeds, and the commands that repeat the runs. */
export const factsSection: SectionMaker = async ({ heads, sweeps }) => {
  const body = html`${
    heads.length > 0 &&
    tableHtml({
      caption: 'How the heads were made',
      columns: ['', ...heads.map(({ name }) => name)].map((title) => ({ title: title || 'Fact', number: false })),
      rows: facts.map(([title, of]) => [title, ...heads.map(({ head }): TableCell => of(head))]),
      sortable: false,
    })
  }
${sweeps.map(({ name, sweep: { seconds, seed, split, data, train, validation, test } }) =>
  tableHtml({
    caption: `How the sweep ${name} was made`,
    columns: [{ title: 'Fact' }, { title: name, number: false }],
    rows: [
      ['Data', data],
      ['Images', `${count(train)} to draw from, ${count(validation)} to choose, ${count(test)} to test`],
      ['Seed', String(seed)],
      ['Split', `${split.train}, validation ${split.validation}`],
      ['Seconds', seconds.toFixed(1)],
    ],
    sortable: false,
  }),
)}
<h3>Commands that repeat it</h3>
${[...heads, ...sweeps].map(commandHtml)}
<p class="soft">As they were typed, credentials removed; with the same versions, codes and seed they give the same figures.</p>`
  return { id: 'facts', title: 'How it was made', body }
}

function commandHtml(run: SavedRun): Html {
  const command = run.kind === 'head' ? run.head.command : run.sweep.command
  return html`<p><bdi>${run.name}</bdi></p><pre tabindex="0">${command ?? 'Not kept: made by the library, or by an earlier version.'}</pre>`
}

function settingsText(settings: HeadRecord['settings']): string {
  const given = Object.entries(settings).filter(([, value]) => value !== null)
  return given.map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ') || 'none'
}
