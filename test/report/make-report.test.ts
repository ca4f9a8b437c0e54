import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { makeReport } from '../../src/report/make-report.js'
import { writeSweep } from '../../src/report/write-sweep.js'
import { chromiumPath, openPage, startChromium } from '../helpers/chromium.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectGoodPage } from '../helpers/expect-good-page.js'
import { labelFile } from '../helpers/label-file.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const image = join(import.meta.dirname, '../fixtures/images/airplane.jpg')

/** Names that would break out of markup, attributes, CDATA or their line. */
const hostile = {
  '<script>alert(1)<script>': 12,
  '"\'><img src=x onerror=alert(2)>': 14,
  ']]><svg onload=alert(3)>': 10,
  'gpj.\u202egnp\nnew line': 10,
  [`a${'long'.repeat(60)}`]: 11,
}

/** Weakly told classes, so that there are mistakes; every second image has a file. */
async function dataSet(counts: Readonly<Record<string, number>>, signal = 0.4) {
  const made = await codedDataSet({ counts, shape: [2, 2, 4], signal })
  for (const [at, { path }] of made.files.entries()) {
    if (at % 2 === 0 || path.length > 200) continue
    mkdirSync(dirname(join(made.data, path)), { recursive: true })
    copyFileSync(image, join(made.data, path))
  }
  return made
}

const plain = { ant: 12, bee: 14, cat: 10 }

/** The text of a part of a page, without its markup. */
function section(file: string, id: string): string {
  const html = readFileSync(file, 'utf8')
  const from = html.indexOf(`<section id="${id}"`)
  expect(from).toBeGreaterThan(0)
  return html
    .slice(from, html.indexOf('</section>', from))
    .replaceAll(/<svg[\s\S]*?<\/svg>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

describe('makeReport', () => {
  it('takes the head that was saved last, and writes what its head.json says', async () => {
    const { data, cache } = await dataSet(plain)
    await trainHead({ data, cache, name: 'later' })
    await trainHead({ data, cache, name: 'earlier' })
    utimesSync(join(cache, 'heads/earlier/head.json'), 1, 1)
    const { file, bytes, runs, plots } = await makeReport({ cache })
    const head = JSON.parse(readFileSync(join(cache, 'heads/later/head.json'), 'utf8'))
    expect(file).toBe(join(cache, 'reports/later.html'))
    expect(readFileSync(file)).toHaveLength(bytes)
    expect(plots).toEqual([])
    expect(runs).toMatchObject([{ name: 'later', kind: 'head', accuracy: head.accuracy.test }])
    expect(section(file, 'accuracy')).toContain(`${(head.balancedAccuracy * 100).toFixed(1)} %`)
    for (const { label, support, precision, recall, f1 } of head.classReport)
      expect(section(file, 'classes')).toContain(
        [label, support, ...[precision, recall, f1].map((share: number) => `${(share * 100).toFixed(1)} %`)].join(' '),
      )
    expect(section(file, 'facts')).toContain(`node ${process.versions.node}`)
  })

  it('tells the accuracy without leaked test images where there are any', async () => {
    const { data, cache } = await dataSet(plain)
    const { bundle } = await trainHead({ data, cache, name: 'leaky' })
    expect(section((await makeReport({ cache })).file, 'accuracy')).not.toContain('Without images seen in training')
    const record = join(bundle ?? '', 'head.json')
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), cleanAccuracy: 0.321 }))
    expect(section((await makeReport({ cache })).file, 'accuracy')).toMatch(/Without images seen in training .* 32\.1 %/)
  })

  it('shows heads and sweeps side by side, and writes every plot as SVG and PNG', async () => {
    const { data, cache } = await dataSet(plain)
    await trainHead({ data, cache, name: 'flat' })
    await trainHead({ data, cache, name: 'mean', pool: 'avg', solver: 'adam', epochs: 3 })
    const { points, seconds, curves, ...meta } = await sweepSamples({ data, cache, perClass: [2, 4], repeats: 2 })
    await writeSweep(join(cache, 'sweeps/mine'), { points, seconds, curves, meta, title: 'x' })
    const [out, folder] = [join(tempFolder(), 'both.html'), join(tempFolder(), 'plots')]
    const { runs, plots } = await makeReport({ cache, names: ['flat', 'mean', 'mine'], out, plots: folder })
    expect(runs.map(({ name, kind }) => [name, kind])).toEqual([
      ['flat', 'head'],
      ['mean', 'head'],
      ['mine', 'sweep'],
    ])
    const names = ['flat-training', 'mean-training', 'mine-sweep', 'confusion', 'calibration', 'flat-classes']
    expect(plots).toEqual(names.flatMap((name) => ['svg', 'png'].map((end) => join(folder, `${name}.${end}`))))
    expect(plots.every((file) => existsSync(file))).toBe(true)
    expect(section(out, 'sweep')).toContain(`${((points[0]?.mean ?? 0) * 100).toFixed(1)} %`)
  })

  it('says of what is missing why it is', async () => {
    const { data, cache } = await dataSet(plain)
    const { bundle } = await trainHead({ data, cache, solver: 'ncm', name: 'means' })
    const own = join(tempFolder(), 'moved')
    mkdirSync(own)
    for (const name of ['head.json', 'test.arrow']) copyFileSync(join(bundle ?? '', name), join(own, name))
    const { file } = await makeReport({ cache: tempFolder(), names: [own] })
    expect(section(file, 'training')).toContain('No curves: ncm was trained in one step, without a choice.')
    expect(section(file, 'calibration')).toContain('Not known of moved: ncm gives scores, not probabilities.')
    expect(section(file, 'map')).toMatch(/No map: .* has no codes of this network\./)
    expect(section(file, 'mistakes')).toContain('The file is gone.')
    expect(section(file, 'facts')).toContain('Not kept: made by the library, or by an earlier version.')
  })

  it.each([
    ['gone', (folder: string) => rmSync(join(folder, 'test.arrow')), /test\.arrow cannot be read: ENOENT/],
    [
      'of another head',
      (folder: string) => writeFileSync(join(folder, 'test.arrow'), 'x'),
      /test\.arrow is not the one that was saved with this head\./,
    ],
  ])('goes on where the results of the test images are %s', async (_, harm, says) => {
    const { data, cache } = await dataSet(plain)
    harm((await trainHead({ data, cache })).bundle ?? '')
    const { file } = await makeReport({ cache })
    for (const id of ['calibration', 'mistakes', 'map']) expect(section(file, id)).toMatch(says)
  })

  it('tells of images with several labels what can be told', async () => {
    const { data, cache, files } = await codedDataSet({ counts: plain, shape: [2, 2, 4], flat: true })
    const labels = labelFile(files.map(({ path }, at) => `${path},${at % 3 === 0 ? 'one;two' : at % 3 === 1 ? 'two;three' : 'three'}`))
    await trainHead({ data, cache, labels })
    const { file } = await makeReport({ cache })
    expect(section(file, 'confusion')).toContain('Images with several labels have no confusion matrix')
    expect(section(file, 'accuracy')).toContain('whose labels are all right')
    expect(section(file, 'calibration')).toContain('that of each label, true or not')
    expect(section(file, 'mistakes')).toContain('one, two')
  })

  it('refuses what is no saved run, and names those there are', async () => {
    const { data, cache } = await dataSet(plain)
    const none = await userErrorOf(() => makeReport({ cache }))
    expect(none.message).toBe(
      `Expected a saved head in ${join(cache, 'heads')}, found none. Make one with: npm run train-head -- --data DIR`,
    )
    await trainHead({ data, cache, name: 'mine' })
    const wrong = await userErrorOf(() => makeReport({ cache, names: ['other'] }))
    expect(wrong.message).toBe(
      `Expected a saved head or a sweep named "other" in ${cache}, found "mine". Name one of them, or a path; train-head and sweep-samples make them.`,
    )
    const empty = tempFolder()
    const folder = await userErrorOf(() => makeReport({ cache, names: [empty] }))
    expect(folder.message).toBe(`Expected head.json or sweep.json in ${empty}, found neither. Name a saved head or a sweep.`)
    writeFileSync(join(empty, 'head.json'), '{"format":1}')
    const old = await userErrorOf(() => makeReport({ cache, names: [empty] }))
    expect(old.message).toBe(
      `Expected ${join(empty, 'head.json')} as train-head writes it now, found another format. Run train-head again.`,
    )
    rmSync(join(empty, 'head.json'))
    mkdirSync(join(empty, 'head.json'))
    const unreadable = await userErrorOf(() => makeReport({ cache, names: [empty] }))
    expect(unreadable.message).toBe(
      `Expected to read ${join(empty, 'head.json')}, but that is not possible: EISDIR: illegal operation on a directory, read. Change its permissions, or name another.`,
    )
    rmSync(join(empty, 'head.json'), { recursive: true })
    writeFileSync(join(empty, 'head.json'), '')
    const unwritable = await userErrorOf(() => makeReport({ cache, out: join(empty, 'head.json', 'x.html') }))
    expect(unwritable.message).toMatch(/^Expected to write the report to .*x\.html, but that is not possible: /)
  })
})

describe.skipIf(chromiumPath === undefined)('a report in Chromium', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  let file: string
  beforeAll(async () => {
    browser = await startChromium()
    const { data, cache } = await dataSet(hostile)
    await trainHead({ data, cache, name: 'one', command: ['train-head', '--data', '<script>alert(4)</script>'] })
    await trainHead({ data, cache, name: 'two', pool: 'avg', solver: 'adam', epochs: 3 })
    file = (await makeReport({ cache, names: ['one', 'two'] })).file
  })
  afterAll(() => browser.close())

  it('runs nothing that names hold, is silent, fetches nothing, is accessible in light and dark, and fits a phone', async () => {
    await expectGoodPage(browser, file)
  })

  it('shows the counts of a cell, pictures of images that are there, and why others are not', async () => {
    const { page } = await openPage(browser, file)
    const titles = await page.locator('.heat rect title').allTextContents()
    expect(titles.every((title) => / → .*: \d+ of \d+ \(\d+ %\)$/.test(title))).toBe(true)
    expect(titles.some((title) => title.includes('<script>alert(1)<script> → '))).toBe(true)
    expect(await page.locator('.missing').first().textContent()).toBe('The file is gone.')
    const loaded = 'Array.from(document.images, ({ complete, naturalWidth }) => !complete || naturalWidth > 0)'
    expect(new Set(await page.evaluate<boolean[]>(loaded))).toEqual(new Set([true]))
    await page.close()
  })
})
