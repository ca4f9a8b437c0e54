import { basename, join, relative } from 'node:path'
import { makeFolder } from '../base/make-folder.js'
import { oneLine } from '../base/one-line.js'
import { writeAtomic } from '../base/write-atomic.js'
import { type Confusion, confusionPlot } from '../report/confusion-plot.js'
import { writePlot } from '../report/write-plot.js'
import type { NetworkResult } from './run-network.js'
import type { RecipeResult } from './run-recipe.js'
import type { MeasuredRow, StepResult } from './step-result.js'

/** Pairs of images that the text names; the JSON has them all. */
const listed = 20

/** More classes would not be read on a plot. */
const plottedClasses = 20

/** Writes report.md, report.json and the confusion matrices of few classes into the run's folder; returns their paths. */
export async function writeRecipeReport(result: RecipeResult): Promise<string[]> {
  makeFolder(result.out)
  const matrices = confusions(result)
  const files = ['report.md', 'report.json'].map((name) => join(result.out, name))
  await writeAtomic(files[0] ?? '', recipeReport(result))
  await writeAtomic(files[1] ?? '', `${JSON.stringify(result, null, 2)}\n`)
  return matrices.length === 0 ? files : [...files, ...(await writePlot(result.out, 'confusion', confusionPlot(matrices)))]
}

function confusions({ networks }: RecipeResult): Confusion[] {
  return networks
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      if (step.status !== 'done' || !step.confusion || step.confusion.classes.length > plottedClasses) return []
      return [{ title: `${basename(step.model)}: ${step.title}`, ...step.confusion }]
    })
}

/** The run in Markdown: the published figures beside the measured ones, what deviates, and what was not run. */
export function recipeReport(result: RecipeResult): string {
  const { recipe, images, networks, deviations, near, quick, seed, seconds, out } = result
  const notRun = networks.flatMap(({ steps }) => steps).flatMap((step) => (step.status === 'not run' ? [step] : []))
  const all = [...deviations, ...networks.flatMap((network) => [...network.deviations, ...network.steps.flatMap(deviationsOf)])]
  const blocks = [
    `# ${recipe.name}`,
    `${recipe.title}.`,
    ...(images.origin === 'generated'
      ? [`**Generated images stand in for ${recipe.data.what}: nothing here can be compared with the published figures.**`]
      : []),
    ...(quick ? ['**A quick run, with few epochs and sizes: its figures are no measure of the experiment.**'] : []),
    `Images: ${text(images.folder)}, ${countsText(images)}; seed ${seed}; ${seconds.toFixed(0)} s in all.`,
    table([
      ['network', 'step', 'published', 'measured', 'on', 'images', 'seconds'],
      ...networks.flatMap(({ steps }) => steps.flatMap(rowsOf)),
    ]),
    ...networks.flatMap(codesText),
    ...(confusions(result).length > 0 ? ['![What each classifier said of the test images of each class](confusion.svg)'] : []),
    ...networks.flatMap((network) => twinText(network, near)),
    ...section('What deviates from the original', [...new Set(all)]),
    ...section(
      'Not run',
      notRun.map(({ model, title, why }) => `${text(model)}, ${title}: ${why}.`),
    ),
    ...section(
      'Files',
      networks
        .flatMap(({ steps }) => steps)
        .flatMap((step) => (step.status === 'done' ? step.files.map((file) => text(relative(out, file))) : [])),
    ),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** 8,677 images of 101 classes. */
export const countsText = ({ counts }: RecipeResult['images']) =>
  `${counts.images.toLocaleString('en-US')} images of ${counts.classes} classes`

function rowsOf(step: StepResult): string[][] {
  const { model, title, published } = step
  const facts = [text(model), title, published?.text ?? '']
  if (step.status === 'not run') return [[...facts, 'not run', '', '', '']]
  return step.rows.map((row, at) => {
    const head = at === 0 ? facts : ['', '', '']
    return [...head, measured(row), row.what, String(row.images), at === 0 ? step.seconds.toFixed(1) : '']
  })
}

/** The accuracy, and its interval where there is one; nothing where no image is left. */
export function measured({ accuracy, images, low, high }: MeasuredRow): string {
  if (images === 0) return '–'
  const percent = (share: number) => (share * 100).toFixed(2)
  const interval = low === null || high === null ? '' : ` (${percent(Math.max(0, low))} – ${percent(Math.min(1, high))})`
  return `${percent(accuracy)} %${interval}`
}

/** What a step did otherwise. */
export function deviationsOf(step: StepResult): readonly string[] {
  return step.status === 'done' ? step.deviations : []
}

function codesText({ model, codes }: NetworkResult): string[] {
  if (codes === undefined) return []
  const { images, computed, seconds, codeLength } = codes
  return [
    `Codes of ${text(model)}, ${codeLength} numbers each: ${computed} of ${images} images computed in ${seconds.toFixed(1)} s, the others from the cache.`,
  ]
}

function twinText({ model, twins }: NetworkResult, near: number | null): string[] {
  if (twins === null || near === null) return []
  const some = twins.slice(0, listed).map(({ test, train, similarity }) => [similarity.toFixed(4), text(test), text(train)])
  const more = twins.length > listed ? [`The ${listed} nearest; report.json has them all.`] : []
  const found = `${twins.length} test images are near-duplicates of an image that was trained or chosen on: the cosine of their mean-pooled codes by ${text(model)} is ${near} or more.`
  return [
    '## Near-duplicates across the split',
    found,
    ...(some.length > 0 ? [table([['cosine', 'test image', 'train image'], ...some])] : []),
    ...more,
  ]
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${item}`).join('\n')]
}

function table([titles = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}

/** What a user or a file names, as plain text of Markdown. */
function text(name: string): string {
  return oneLine(name).replaceAll(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `\\${character}`)
}
