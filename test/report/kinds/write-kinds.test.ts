import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ComparedKind } from '../../../src/evaluate/compared-kind.js'
import type { KindsComparison } from '../../../src/report/kinds/kinds-comparison.js'
import { kindsPlot } from '../../../src/report/kinds/kinds-plot.js'
import { kindsNotes, kindsText } from '../../../src/report/kinds/kinds-text.js'
import { writeKinds } from '../../../src/report/kinds/write-kinds.js'
import { chromiumPath, startChromium } from '../../helpers/chromium.js'
import { expectGoodPage } from '../../helpers/expect-good-page.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'

const usual: ComparedKind = {
  ...{ model: 'a', layer: 'y', size: 224, precision: 'float32', resize: 'squish', decoder: 'exact', exif: true, alpha: 'white' },
  ...{ truncated: 'reject', fingerprint: 'f00d', pool: 'none', head: 'softmax', solver: 'lbfgs' },
  ...{ accuracy: 0.95, low: 0.93, high: 0.97, accuracies: [0.94, 0.96], cleanAccuracy: null },
  ...{ imagesPerSecond: 12.34, speedFrom: 'measured' },
  ...{ speedNote: 'measured in this run', codeLength: 1280, bytes: 2_560_000, pareto: true },
}

const comparison = (...rows: readonly Partial<ComparedKind>[]): KindsComparison => ({
  rows: rows.map((row) => ({ ...usual, ...row })),
  ...{ seconds: 1, name: 'compare-x', data: '/photos', images: 60, classes: 3, test: 18, repeats: 2, asked: 2, perClass: null, seed: 0 },
  split: { train: '0.7', validation: '0.1' },
})

const facts = { command: 'cnn-codes compare', versions: {} }

/** Names that would break out of markup, or are long. */
const hostile = comparison(
  { model: '<script>alert(1)</script>', pareto: true },
  { model: `"'><img src=x onerror=alert(2)>`, pool: 'avg', imagesPerSecond: 300, accuracy: 0.9, low: 0.8, high: 1.1, pareto: true },
  {
    model: ']]><svg onload=alert(3)>',
    precision: 'int8',
    imagesPerSecond: null,
    speedFrom: null,
    speedNote: 'no <b>run</b>',
    pareto: false,
  },
  { model: `a${'long'.repeat(60)}`, pool: 'max', low: null, high: null, pareto: false },
)

it('kindsNotes tells accuracies without leaked test images where there are any', () => {
  const notes = kindsNotes(comparison({ cleanAccuracy: 0.934 }, { model: 'b', pool: 'avg' }))
  expect(notes).toContain('Without test images that are shown in training too (docs/duplicates.md): a flat 93.4 %.')
  expect(kindsNotes(comparison({})).join()).not.toContain('Without test images')
})

describe('writeKinds', () => {
  it('writes page, plot, CSV and JSON of one name', async () => {
    const out = join(tempFolder(), 'new', 'kinds.html')
    const rows = [{}, { model: '=b', pool: 'avg', imagesPerSecond: null, speedFrom: null, pareto: false } as const]
    const files = await writeKinds(out, comparison(...rows), facts)
    expect(files).toEqual(['.html', '.svg', '.png', '.csv', '.json'].map((ending) => out.replace('.html', ending)))
    const [first, second] = parse(readFileSync(files[3] ?? '', 'utf8'), { columns: true })
    expect(first).toMatchObject({
      model: 'a',
      accuracy: '0.95',
      low: '0.93',
      splits: '2',
      images_per_second: '12.34',
      bytes: '2560000',
      pareto: '1',
    })
    expect(second).toMatchObject({ model: "'=b", pool: 'avg', images_per_second: '', speed_from: '', pareto: '0' })
    expect(JSON.parse(readFileSync(files[4] ?? '', 'utf8'))).toMatchObject({
      command: 'cnn-codes compare',
      rows: [{ model: 'a' }, { model: '=b' }],
    })
  })

  it('says what to do where it cannot write', async () => {
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    const { message } = await userErrorOf(() => writeKinds(join(file, 'kinds.html'), comparison({}), facts))
    expect(message).toMatch(
      /^Expected to write the comparison to .*kinds\.html, but that is not possible: .* and run the same command again\.$/,
    )
  })
})

describe('kindsPlot', () => {
  it('draws what has a speed, and says how many have none', () => {
    const spec = kindsPlot(hostile)
    expect(JSON.stringify(spec?.title)).toContain('Not drawn: 1 of 4 rows, whose speed is not known')
    expect(spec?.datasets).toMatchObject({
      best: [{ speed: 12.34 }, { speed: 300, high: 1 }],
      others: [{ low: null }],
      intervals: [{}, {}],
    })
    expect(kindsPlot(comparison({ imagesPerSecond: null }))).toBeUndefined()
  })
})

describe('kindsText', () => {
  it('names codes by what tells them apart, and says where speeds are from', () => {
    const int8 = { precision: 'int8', pool: 'avg', pareto: false, imagesPerSecond: null, speedNote: 'no run' } as const
    expect(kindsText(comparison({}, int8, { model: 'b', low: null, high: null, imagesPerSecond: 250, speedNote: 'a run' }))).toBe(
      [
        'codes        pool  accuracy %  95 % interval   images/s  numbers  disk MB  Pareto',
        '───────────  ────  ──────────  ─────────────  ─────────  ───────  ───────  ──────',
        'a · float32  flat        95.0    93.0 – 97.0       12.3    1,280      2.6  *',
        'a · int8     avg         95.0    93.0 – 97.0  not known    1,280      2.6',
        'b            flat        95.0           none        250    1,280      2.6  *',
        'photos: 60 images of 3 classes; accuracy of softmax by lbfgs on 18 test images, 2 splits (seeds 0 to 1, the same for all), share for training 0.7.',
        'Pareto set: no other row is at least as good in accuracy, images per second and disk, and better in one.',
        'Images per second of a · float32: measured in this run.',
        'Images per second of a · int8: no run.',
        'Images per second of b: a run.',
        'These speeds are of different times, when the machine may have had other work: --speed measured measures all in turns.',
      ].join('\n'),
    )
  })
})

describe.skipIf(chromiumPath === undefined)('the page in Chromium', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())

  it('runs nothing that names hold, is accessible, and fits a phone', async () => {
    const [file = ''] = await writeKinds(join(tempFolder(), 'kinds.html'), hostile, { ...facts, command: '<script>alert(4)</script>' })
    await expectGoodPage(browser, file)
  })
})
