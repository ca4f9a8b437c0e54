import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { chromiumPath, startChromium } from '../helpers/chromium.js'
import { copiedImages, copies } from '../helpers/copied-images.js'
import { expectGoodPage } from '../helpers/expect-good-page.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const [cache, out] = [tempFolder(), tempFolder()]
let given: string[] = []

beforeAll(async () => {
  const data = await copiedImages()
  await extractCodes({ data, cache })
  given = ['--data', data, '--cache', cache]
}, 60_000)

const [list, page] = [join(out, 'copies.txt'), join(out, 'duplicates.html')]

describe('duplicates', () => {
  it.each([
    [['--threshold', 'near'], 'cnn-codes: Expected --threshold to be a cosine above -1 and up to 1, got "near".\n', 2],
    [
      ['--apply', '/no/such/folder/list', '--quiet'],
      /^cnn-codes: Expected to write the list \/no\/such\/folder\/list, but that is not possible: ENOENT.* Name another file with --apply\.\n$/,
      1,
    ],
    [
      ['--out', '/dev/null/page', '--quiet'],
      /^cnn-codes: Expected to write the page \/dev\/null\/page, but that is not possible: .* Name another file with --out\.\n$/,
      1,
    ],
  ])('refuses %j', (options, message, code) => {
    const { status, stderr, stdout } = runCli('duplicates', ...given, ...options)
    expect(stderr).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    expect([status, stdout]).toEqual([code, ''])
  })

  it('tells what it found, and writes list and page', () => {
    const { status, stdout } = runCli('duplicates', ...given, '--mirror', '--apply', list, '--out', page)
    expect(status).toBe(0)
    expect(stdout).toContain(
      '53 images: 1 groups of byte-equal files, 1 of equal pixels, 3 near pairs (1 mirrored); 5 pictures are there more than once\n',
    )
    expect(stdout).toContain(`  ${copies.bytes.join(', ')}\n`)
    expect(stdout).toContain('2 of them in several classes; ')
    expect(stdout).toContain(`7 images to leave out: --exclude ${list}\nPage: ${page}\n`)
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('In several classes (2)')
    expect(html).toContain('Within a class (3)')
    expect(html.match(/data:image\/webp/g)?.length).toBeGreaterThanOrEqual(10)
  })

  it('train-head and sweep-samples say what leaks', () => {
    const seeds = ['0', '1', '2', '3', '4']
    const trained = seeds.map((seed) => runCli('train-head', ...given, '--pool', 'avg', '--seed', seed, '--name', 'leaks').stdout)
    const leaking = trained.findIndex((stdout) => stdout.includes('shown in training too'))
    expect(leaking).toBeGreaterThanOrEqual(0)
    expect(trained[leaking]).toMatch(/\n\d test images? (is|are) shown in training too: without (it|them) test accuracy \d+\.\d %\n/)
    const sweep = ['--per-class', '2', '--repeats', '2', '--pool', 'avg', '--out', join(out, 'leaks')]
    const swept = runCli('sweep-samples', ...given, '--seed', seeds[leaking] ?? '', ...sweep).stdout
    expect(swept).toMatch(
      /\d of the test images are near-duplicates of images to train or choose on: without them mean accuracies change by [+−]/,
    )
    const together = runCli(
      'train-head',
      ...given,
      '--pool',
      'avg',
      '--seed',
      seeds[leaking] ?? '',
      '--split-by-cluster',
      '--name',
      'leaks',
    )
    expect(together.stdout).not.toContain('shown in training too')
  })

  // codes last: it forgets the files that it leaves out
  it.each(['train-head', 'sweep-samples', 'duplicates', 'cache export', 'codes'])('%s honours the list', (command) => {
    const more = command === 'sweep-samples' ? ['--per-class', '2', '--repeats', '2', '--out', join(out, 'sweep')] : []
    const exported = command === 'cache export' ? ['--out', join(out, 'export'), '--format', 'csv'] : []
    const { status, stdout, stderr } = runCli(...command.split(' '), ...given, '--exclude', list, '--json', ...more, ...exported)
    expect([status, stderr]).toEqual([0, expect.any(String)])
    const { images, train = 0, validation = 0, test = 0, rows } = JSON.parse(stdout)
    expect(images ?? rows ?? train + validation + test).toBe(46)
  })
})

describe.skipIf(chromiumPath === undefined)('its page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())

  it('is silent, fetches nothing, and is accessible', () => expectGoodPage(browser, page), 60_000)
})
