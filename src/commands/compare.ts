import { join } from 'node:path'
import { UserError, usageError } from '../base/errors.js'
import { cachePaths, isWritable } from '../cache/paths.js'
import { pools } from '../cache/pool-codes.js'
import { runFacts } from '../evaluate/run-facts.js'
import { speedSources } from '../extract/kind-speeds.js'
import { kindsText } from '../report/kinds/kinds-text.js'
import { command } from './command.js'
import { duration } from './format.js'
import { headOptions, trainingArguments } from './head-options.js'
import { choices, positiveInteger, repeated } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

const compareOptions = {
  model: { ...headOptions.model, coerce: repeated('model'), describe: 'Model as it was given to codes; may repeat [default: all]' },
  layer: { ...headOptions.layer, coerce: repeated('layer'), describe: 'Layer of the codes; may repeat [default: all]' },
  pool: {
    type: 'string',
    requiresArg: true,
    coerce: choices('pool', pools),
    describe: 'Views of the codes: none (flat), avg, max, concat; a list [default: none,avg, or what --head begins with]',
  },
  repeats: {
    type: 'string',
    default: '5',
    requiresArg: true,
    coerce: positiveInteger('repeats'),
    describe: 'Splits: seeds --seed and on',
  },
  'per-class': {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('per-class'),
    describe: "Train on at most so many of each class's train images [default: all]",
  },
  speed: {
    choices: speedSources,
    default: 'auto' as const,
    describe: 'Images per second: of completed runs, or measured now in turns; auto: measured where no run tells it',
  },
  out: {
    type: 'string',
    requiresArg: true,
    describe: 'FILE.html; .svg, .png, .csv and .json are written beside it [default: CACHE/reports/compare-….html]',
  },
} as const

export const compareCommand = command({
  name: 'compare',
  describe: 'Kinds of codes in one table: accuracy with interval, images per second, length, disk, and which of them nobody beats',
  options: {
    ...dataOptions,
    ...headOptions,
    ...compareOptions,
  },
  examples: [
    ['compare --data photos', 'every complete kind of codes, flat and pooled'],
    ['compare --data photos --model vgg16 --model resnet50 --pool none,avg,max', 'of two models'],
    ['compare --data photos --per-class 10 --repeats 10 --out kinds.html', 'with ten images of each class, as kinds.html'],
    ['compare --data photos --speed measured', 'all speeds measured now, side by side'],
  ],
  async run(args, terminal) {
    if (args.out !== undefined && !args.out.endsWith('.html')) throw usageError('--out', 'a name that ends with .html', args.out)
    const [{ compareKinds }, { writeKinds }] = await Promise.all([
      import('../recipes/compare-kinds.js'), // slow to load: other commands need not wait
      import('../report/kinds/write-kinds.js'),
    ])
    const started = performance.now()
    const display = args.quiet ? noProgress : terminal.progress()
    const result = await compareKinds({
      ...args,
      ...trainingArguments(args),
      gramLimit: args['gram-limit'],
      augmentSeed: args['augment-seed'],
      perClass: args['per-class'],
      onNote: args.quiet ? undefined : terminal.note,
      onProgress: (stage, share) => display.update(Math.round(share * 100), 100, stage),
    }).finally(() => display.stop())
    const models = result.rows.map(({ model }) => model)
    const { command, versions } = runFacts({ started, words: terminal.words, models })
    const out = args.out ?? join(cachePaths(args.cache).reports, `${result.name}.html`)
    const files = await writeKinds(out, result, { command, versions: { ...versions } }).catch((error: unknown): string[] => {
      if (!(error instanceof UserError)) throw error
      terminal.note(error.message)
      return []
    })
    const [page] = files
    const written = page === undefined ? 'No files were written, see above' : `Page: ${page}; plot and tables beside it`
    terminal.print(args.json ? JSON.stringify({ ...result, files }) : `${kindsText(result)}\n${written}; ${duration(result.seconds)}`)
    // On a read-only cache nobody expects files to be kept in it.
    return page === undefined && (args.out !== undefined || isWritable(args.cache)) ? 1 : 0
  },
})
