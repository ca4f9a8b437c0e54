import { oneLine } from '../base/one-line.js'
import type { DuplicatesResult } from '../duplicates/find-duplicates.js'
import { command } from './command.js'
import { count, duration, percent } from './format.js'
import { codeOptions, headOptions } from './head-options.js'
import { cosine } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

const { pool: _pool, ...kind } = codeOptions
const { labels, 'allow-missing': allowMissing, split, validation, memory } = headOptions

export const duplicatesCommand = command({
  name: 'duplicates',
  describe: 'Images that show one picture: byte-equal, pixel-equal, compressed or resized otherwise; across classes, across the split',
  options: {
    ...dataOptions,
    ...kind,
    ...{ labels, 'allow-missing': allowMissing, split, validation, memory },
    threshold: {
      type: 'string',
      requiresArg: true,
      coerce: cosine('threshold'),
      describe:
        'Cosine of pooled codes from which on two pictures are looked at; lower finds more and takes longer [default: chosen from the data]',
    },
    mirror: { type: 'boolean', default: false, describe: 'Find mirrored copies too' },
    apply: {
      type: 'string',
      requiresArg: true,
      describe: 'Write a list for --exclude: of each picture all images but the best, where classes differ all. No image is deleted',
    },
    out: { type: 'string', requiresArg: true, describe: 'Write a page with the images side by side' },
  },
  examples: [
    ['duplicates --data photos --out duplicates.html', 'a page to look at'],
    ['duplicates --data photos --mirror', 'mirrored copies too'],
    ['duplicates --data photos --apply copies.txt', 'then: train-head --data photos --exclude copies.txt'],
  ],
  async run(args, terminal) {
    const { findDuplicates } = await import('../duplicates/find-duplicates.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const result = await findDuplicates({
      ...args,
      excludeClasses: args['exclude-classes'],
      allowMissing: args['allow-missing'],
      onNote: terminal.note,
      onProgress: (stage, share) => display.update(Math.round(share * 100), 100, stage),
    }).finally(() => display.stop())
    if (!args.quiet) for (const { path, reason } of result.unseen) terminal.note(`Not looked at: ${oneLine(path)}: ${oneLine(reason)}`)
    if (args.apply !== undefined) {
      const { writeExcludeList } = await import('../evaluate/exclude-list.js')
      await writeExcludeList(args.apply, result.leaveOut, [
        'Made by duplicates --apply; for --exclude FILE. Paths are below the data folder.',
        `Of ${result.clusters.length - result.conflicts.length} clusters of one class all images but the best, of ${result.conflicts.length} across classes all.`,
      ])
    }
    if (args.out !== undefined) {
      const { duplicatesPage } = await import('../duplicates/duplicates-page.js')
      const { writePage } = await import('../report/page/write-page.js')
      await writePage(args.out, await duplicatesPage(result))
    }
    terminal.print(args.json ? JSON.stringify(result) : duplicatesText(result, args))
    return 0
  },
})

/** Clusters that are listed. */
const listed = 10

function duplicatesText(
  result: DuplicatesResult,
  { apply, out }: { readonly apply: string | undefined; readonly out: string | undefined },
): string {
  const { images, exact, pixelEqual, near, clusters, conflicts, leaks, accuracy, cleanAccuracy, candidates, threshold, leaveOut } = result
  const mirrored = near.filter((pair) => pair.mirrored).length
  const shown = clusters.slice(0, listed).map((cluster) => `  ${cluster.map(oneLine).join(', ')}`)
  const rest = clusters.length - shown.length
  return [
    `${count(images)} images: ${count(exact.length)} groups of byte-equal files, ${count(pixelEqual.length)} of equal pixels, ${count(near.length)} near pairs${mirrored > 0 ? ` (${count(mirrored)} mirrored)` : ''}; ${count(clusters.length)} pictures are there more than once`,
    ...shown,
    ...(rest > 0 ? [`  … and ${count(rest)} more (--json or --out FILE.html tells them all)`] : []),
    `${count(conflicts.length)} of them in several classes; ${count(leaks.length)} test images are shown in training too (seed ${result.seed})`,
    ...(accuracy === null || cleanAccuracy === null
      ? []
      : [`Test accuracy of a softmax head on pooled codes ${percent(accuracy)}, without these images ${percent(cleanAccuracy)}`]),
    `Looked at ${count(candidates)} pairs whose codes have a cosine from ${threshold.toFixed(3)}; ${duration(result.seconds)}`,
    ...(apply === undefined ? [] : [`${count(leaveOut.length)} images to leave out: --exclude ${apply}`]),
    ...(out === undefined ? [] : [`Page: ${out}`]),
  ].join('\n')
}
