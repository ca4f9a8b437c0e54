import { extractCodes } from '../extract/extract-codes.js'
import type { ExtractProgress, ExtractResult } from '../extract/options.js'
import { type CodePlan, planCodes } from '../extract/plan-codes.js'
import { command } from './command.js'
import { bytes, count, duration, oneLine, percent, quoted } from './format.js'
import { positiveInteger } from './option-values.js'
import { backboneOptions, dataOptions } from './options.js'
import { noProgress, type Terminal } from './terminal.js'

/** Quarantined images that are listed one by one. */
const listed = 20

export const codes = command({
  name: 'codes',
  describe: 'The slow stage: run every image once through a frozen network and keep the outputs',
  options: {
    ...dataOptions,
    ...backboneOptions,
    batch: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('batch'),
      describe: 'Images in a batch; never changes a code [default: 8]',
    },
    workers: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('workers'),
      describe: 'Threads that decode and compute; never changes a code [default: one per core]',
    },
    dtype: { choices: ['float16', 'float32'] as const, default: 'float16' as const, describe: 'How codes are kept' },
    exif: { type: 'boolean', default: true, describe: 'Turn images as their EXIF orientation says; --no-exif for parity with Keras' },
    alpha: {
      choices: ['white', 'drop'] as const,
      default: 'white' as const,
      describe: "Compose transparency on white, or drop it as Pillow's convert does",
    },
    plan: { type: 'boolean', default: false, describe: 'Say what there is to do and how long it takes; write nothing' },
    strict: { type: 'boolean', default: false, describe: 'Exit with 3 when images were quarantined' },
  },
  examples: [
    ['codes --data photos', 'codes of all images in photos/, a folder per class'],
    ['codes --data photos --plan', 'how many images, how long, how much disk'],
    ['codes --data photos --model net.onnx --size 224 --mean 127.5 --scale 127.5', "a network of one's own"],
    ['codes --data photos --model my-model.keras --layer pool', "a layer of one's own Keras model"],
  ],
  async run(args, terminal) {
    const options = { ...args, excludeClasses: args['exclude-classes'] }
    if (args.plan) {
      const plan = await planCodes(options)
      terminal.print(args.json ? JSON.stringify(plan) : planText(plan))
      return 0
    }
    const display = args.quiet ? noProgress : terminal.progress()
    const onProgress = (progress: ExtractProgress) => display.update(progress.done, progress.total, progressNote(progress))
    const result = await extractCodes({ ...options, signal: terminal.interruptible(), onProgress }).finally(() => display.stop())
    if (!args.quiet) listQuarantine(result, terminal)
    terminal.print(args.json ? JSON.stringify(result) : summary(result, nextCommand(args)))
    if (result.interrupted) return 130
    return args.strict && result.quarantined > 0 ? 3 : 0
  },
})

function progressNote({ rate, secondsLeft, quarantined }: ExtractProgress): string {
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`
  return `${rate.toFixed(0)} images/s${left}${quarantined > 0 ? `, ${quarantined} quarantined` : ''}`
}

function listQuarantine({ quarantine, quarantined }: ExtractResult, terminal: Terminal): void {
  if (quarantined === 0) return
  terminal.note(`${count(quarantined)} image${quarantined === 1 ? '' : 's'} quarantined; mend or remove them and run codes again:`)
  for (const { path, reason } of quarantine.slice(0, listed)) terminal.note(`  ${oneLine(path)}: ${oneLine(reason)}`)
  if (quarantined > listed) terminal.note(`  … and ${count(quarantined - listed)} more (--json lists them all)`)
}

/** The command that goes on from here, as a shell takes it. */
function nextCommand({ data, cache }: { readonly data: string; readonly cache: string }): string {
  return `npm run train-head -- --data ${quoted(data)}${cache === 'cache' ? '' : ` --cache ${quoted(cache)}`}`
}

function summary(result: ExtractResult, next: string): string {
  const { images, computed, cached, quarantined, seconds, codeShape, codeLength, model, layer, shares } = result
  const rate =
    computed > 0
      ? ` (${result.imagesPerSecond.toFixed(0)} images/s; CPU time: decode ${percent(shares.decode, 0)}, forward ${percent(shares.forward, 0)}, write ${percent(shares.write, 0)})`
      : ''
  const lines = [
    `${count(images)} images: ${count(computed)} computed, ${count(cached)} from the cache, ${count(quarantined)} quarantined, in ${duration(seconds)}${rate}`,
    `${model}, layer ${oneLine(layer)}: codes of ${codeShape.join(' × ')} = ${count(codeLength)} numbers, ${result.dtype}, ${result.engine} on ${result.provider}`,
  ]
  if (result.interrupted) lines.push('Interrupted; finished work is kept. Run the same command again to go on.')
  else lines.push(`Next: ${next}`)
  return lines.join('\n')
}

function planText(plan: CodePlan): string {
  const { images, hits, misses, diskBytes, seconds, imagesPerSecond, unusable } = plan
  const refused = unusable > 0 ? `, ${count(unusable)} unusable` : ''
  const todo =
    misses === 0 ? 'Nothing to do.' : `About ${duration(seconds)} at ${imagesPerSecond.toFixed(0)} images/s, ${bytes(diskBytes)} of disk.`
  return `${count(images)} images: ${count(hits)} in the cache, ${count(misses)} to compute${refused}.\n${todo} Nothing was written.`
}
