import { html } from '../page/html.js'
import { tableHtml } from '../page/table.js'
import type { SectionMaker } from './context.js'
import type { HeadRun } from './saved-run.js'
import { shareCell } from './shares.js'

/** Precision, recall and F1 of each class; of several runs a table each. */
export const classesSection: SectionMaker = async ({ heads }) => {
  if (heads.length === 0) return undefined
  const body = html`<p>Precision: of the images that are taken for the class, the share that belong to it. Recall: of the class’s images, the share that are found.
F1: their harmonic mean. A heading sorts by its column.</p>
${heads.map((run) => table(run, heads.length > 1))}`
  return { id: 'classes', title: 'Classes', body }
}

function table({ name, head }: HeadRun, isNamed: boolean) {
  const several = head.multiLabel
  const precisions = several ? head.classReport.map(({ averagePrecision }) => averagePrecision) : []
  const titles = [several ? 'Label' : 'Class', 'Test images', 'Precision', 'Recall', 'F1', ...(several ? ['Average precision'] : [])]
  const made = tableHtml({
    caption: `Test images of each ${several ? 'label' : 'class'}, ${name}`,
    columns: titles.map((title) => ({ title })),
    rows: head.classReport.map(({ label, support, precision, recall, f1 }, at) => [
      html`<bdi>${label}</bdi>`,
      support,
      shareCell(precision),
      shareCell(recall),
      shareCell(f1),
      ...(several ? [shareCell(precisions[at])] : []),
    ]),
  })
  return isNamed ? html`<details><summary><bdi>${name}</bdi></summary>${made}</details>` : made
}
