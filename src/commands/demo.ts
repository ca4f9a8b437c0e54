import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageError } from '../base/errors.js'
import { extractCodes } from '../extract/extract-codes.js'
import { writeDemoImages } from '../recipes/demo-images.js'
import { sweepTable } from '../report/sweep-table.js'
import { command } from './command.js'
import { count, duration, percent } from './format.js'
import { wholeNumber } from './option-values.js'
import { noProgress } from './terminal.js'

export const demo = command({
  name: 'demo',
  describe: 'The whole idea on generated images, offline, in under a minute',
  options: {
    out: { type: 'string', requiresArg: true, describe: 'New or empty folder for images, cache and plot [default: a temporary folder]' },
    seed: { type: 'string', default: '0', requiresArg: true, coerce: wholeNumber('seed'), describe: 'Seed of everything random' },
    json: { type: 'boolean', default: false, describe: 'One JSON object on standard output, all else on standard error' },
    quiet: { type: 'boolean', default: false, describe: 'No progress and no remarks' },
  },
  examples: [['demo', 'images, codes, a head and a sweep in a temporary folder']],
  async run({ out, seed = 0, json, quiet }, terminal) {
    const { trainHead } = await import('../evaluate/train-head.js') // slow to load: other commands need not wait
    const { sweepSamples } = await import('../evaluate/sweep-samples.js')
    const { writeSweep } = await import('../report/write-sweep.js')
    const folder = out ?? (await mkdtemp(join(tmpdir(), 'cnn-codes-demo-')))
    if (out !== undefined && existsSync(out) && readdirSync(out).length > 0) throw usageError('--out', 'a new or an empty folder', out)
    const data = join(folder, 'images')
    const cache = join(folder, 'cache')
    const say = (text: string) => (json || quiet ? undefined : terminal.print(text))
    const { images, classes } = await writeDemoImages(data, { seed })
    say(`1. ${count(images)} images of ${classes.length} classes drawn into ${data}`)

    const display = quiet ? noProgress : terminal.progress()
    const codes = await extractCodes({
      data,
      cache,
      onProgress: ({ done, total, rate }) => display.update(done, total, `${rate.toFixed(0)} images/s`),
    }).finally(() => display.stop())
    say(`2. codes: every image through ${codes.model} once, ${count(codes.codeLength)} numbers each, in ${duration(codes.seconds)}`)
    const again = await extractCodes({ data, cache })
    say(`   codes again: ${again.computed} computed, ${again.cached} from the cache, in ${duration(again.seconds)}`)

    const head = await trainHead({ data, cache, seed })
    say(`3. train-head: ${percent(head.accuracy.test)} of ${head.test} test images right, in ${duration(head.seconds)}`)

    const sweep = await sweepSamples({ data, cache, seed, perClass: [2, 5, 10, 15, 25] })
    const { points, comparisons, curves, seconds, ...meta } = sweep
    const subtitle = `Generated textures and shapes: ${sweep.classes} classes, ${sweep.test} test images`
    const files = await writeSweep(join(folder, 'sweep'), {
      ...{ points, comparisons, curves, seconds, meta },
      title: 'Accuracy against training images',
      subtitle,
    })
    say(`4. sweep-samples: ${points.length} sizes × 5 sub-samples, in ${duration(seconds)}\n${sweepTable(points)}`)
    say(`Plot: ${files.find((file) => file.endsWith('.png'))}\nNow yours: npm run codes -- --data FOLDER`)
    if (json) terminal.print(JSON.stringify({ folder, codes, head, sweep: { ...sweep, files } }))
    return 0
  },
})
