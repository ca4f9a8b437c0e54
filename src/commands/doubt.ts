import { oneLine } from '../base/one-line.js'
import type { LabelDoubt } from '../evaluate/doubt/label-doubt.js'
import { textTable } from '../report/text-table.js'
import { command } from './command.js'
import { count, duration, percent } from './format.js'
import { codeOptions, headOptions } from './head-options.js'
import { nonNegative, positiveInteger } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

const { labels, 'allow-missing': allowMissing, memory, 'gram-limit': gramLimit } = headOptions

export const doubtCommand = command({
  name: 'doubt',
  describe: 'Labels that are likely to be wrong, images that are odd, classes that are too small',
  options: {
    ...dataOptions,
    ...codeOptions,
    ...{ labels, 'allow-missing': allowMissing, memory, 'gram-limit': gramLimit },
    folds: {
      type: 'string',
      default: '5',
      requiresArg: true,
      coerce: positiveInteger('folds'),
      describe: 'Parts of the images; each is judged by a head that was trained on the others',
    },
    l2: {
      type: 'string',
      requiresArg: true,
      coerce: nonNegative('l2'),
      describe: "L2 of the heads, in units of the codes' mean squared norm [default: chosen on the first fold]",
    },
    top: {
      type: 'string',
      default: '100',
      requiresArg: true,
      coerce: positiveInteger('top'),
      describe: 'Doubted images in the page and in --json; 10 of them in the text',
    },
    apply: {
      type: 'string',
      requiresArg: true,
      describe: 'Write the images whose labels count as wrong as a list for --exclude; none is deleted',
    },
    out: { type: 'string', requiresArg: true, describe: 'Write an HTML page with the images' },
  },
  examples: [
    ['doubt --data photos --out doubt.html', 'a page to look at, the most doubted labels first'],
    ['doubt --data photos --apply wrong.txt', 'then: train-head --data photos --exclude wrong.txt'],
    ['doubt --data photos --labels labels.csv --pool avg', 'of labels in a file, by pooled codes'],
  ],
  async run(args, terminal) {
    const { findLabelDoubt } = await import('../evaluate/doubt/find-label-doubt.js') // slow to load: other commands need not wait
    const { top, apply, out } = args
    const display = args.quiet ? noProgress : terminal.progress()
    const doubt = await findLabelDoubt({
      ...args,
      excludeClasses: args['exclude-classes'],
      allowMissing: args['allow-missing'],
      gramLimit: args['gram-limit'],
      onNote: terminal.note,
      onProgress: (stage, share) => display.update(Math.round(share * 100), 100, stage),
    }).finally(() => display.stop())
    if (apply !== undefined) {
      const { writeExcludeList } = await import('../evaluate/exclude-list.js')
      const comments = [
        'Made by doubt --apply; for --exclude FILE. Paths are below the data folder.',
        'Images whose labels count as wrong.',
      ]
      await writeExcludeList(apply, errorsOf(doubt), comments)
    }
    if (out !== undefined) {
      const { doubtPage } = await import('../report/doubt/doubt-page.js')
      const { writePage } = await import('../report/page/write-page.js')
      await writePage(out, await doubtPage(doubt, { top: top ?? Number.POSITIVE_INFINITY }))
    }
    const { doubts, outliers, farFromClass } = doubt
    const shortened = { ...doubt, doubts: doubts.slice(0, top), outliers: outliers.slice(0, top), farFromClass: farFromClass.slice(0, top) }
    terminal.print(args.json ? JSON.stringify(shortened) : doubtText(doubt, { apply, out }))
    return 0
  },
})

const errorsOf = ({ doubts }: LabelDoubt) => doubts.filter(({ isError }) => isError).map(({ path }) => path)

/** Doubted images in the text. */
const listed = 10

function doubtText(doubt: LabelDoubt, { apply, out }: { readonly apply: string | undefined; readonly out: string | undefined }): string {
  const { judged, images, classes, folds, conflicts, farFromClass, estimatedErrors, doubts, seconds } = doubt
  const errors = errorsOf(doubt).length
  const columns = ['image', 'label', '', 'suggested', ''].map((title, at) => ({
    title,
    align: at === 2 || at === 4 ? ('right' as const) : ('left' as const),
  }))
  const rows = doubts
    .slice(0, listed)
    .map((image) => [image.path, image.label, percent(image.selfConfidence), image.suggested, percent(image.confidence)])
  const small = classes.filter(({ isTooSmall }) => isTooSmall).map(({ label, images: found }) => `${oneLine(label)} (${found})`)
  return [
    textTable(columns, rows),
    '',
    `${count(errors)} of ${count(judged)} labels count as wrong (${count(Math.round(estimatedErrors))} estimated); ${count(farFromClass.length)} images are more like another class`,
    ...(conflicts.length > 0
      ? [
          `${count(conflicts.length)} groups of byte-equal images have different labels: ${conflicts.map((group) => group.map(oneLine).join(' = ')).join('; ')}`,
        ]
      : []),
    ...(small.length > 0 ? [`Too small to be judged (fewer than ${folds} different images): ${small.join(', ')}`] : []),
    `${count(images)} images, ${folds} folds, ${duration(seconds)}`,
    ...(apply === undefined ? [] : [`${count(errors)} images to leave out: --exclude ${apply}`]),
    ...(out === undefined ? ['See them: --out doubt.html'] : [`Page: ${out}`]),
  ].join('\n')
}
