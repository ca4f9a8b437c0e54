import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { chromiumPath, startChromium } from '../helpers/chromium.js'
import { expectGoodPage } from '../helpers/expect-good-page.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const [cache, out] = [tempFolder(), tempFolder()]
/** A class whose name would break out of markup. */
const hostile = `<img src=x onerror=alert('x')>`
const [first, second, page] = [join(out, '<b>one.png'), join(out, 'two.png'), join(out, 'nearest.html')]
let given: string[] = []

beforeAll(async () => {
  const data = await imageFolder({ ant: 5, [hostile]: 5 })
  const model = modelFile(convolution())
  await extractSeveral({ data, cache, models: [model], workers: 1 })
  writeFileSync(first, readFileSync(join(data, 'ant/3.png')))
  writeFileSync(second, await noisePng(50))
  put(data, 'ant/1.png', 'damaged since')
  given = ['--data', data, '--cache', cache]
}, 60_000)

describe('search', () => {
  it.each([
    [[], 'cnn-codes: Not enough non-option arguments: got 0, need at least 1. cnn-codes --help tells more.\n', 2],
    [[second, '--top', 'few'], 'cnn-codes: Expected --top to be a whole number above 0, got "few".\n', 2],
    [
      [join(out, 'gone.png'), '--quiet'],
      `cnn-codes: Expected an image to search by at ${join(out, 'gone.png')}, found that it cannot be used: It is gone.\n`,
      1,
    ],
  ])('refuses %j', (words, message, code) => {
    const { status, stdout, stderr } = runCli('search', ...words, ...given)
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: message })
  })

  it('prints a table for each query', () => {
    const { status, stdout } = runCli('search', first, second, ...given, '--top', '3')
    expect(status).toBe(0)
    const [one, two, summary] = stdout.split('\n\n')
    expect(one?.split('\n')).toEqual([
      first,
      expect.stringMatching(/^cosine {2}label +path$/),
      expect.stringMatching(/^─+ {2}─+ {2}─+$/),
      expect.stringMatching(/^1\.0000 {2}ant +ant\/3\.png$/),
      expect.stringMatching(/^[01]\.\d{4} {2}ant +ant\/\d\.png$|^[01]\.\d{4} {2}<img src=x/),
      expect.stringMatching(/^[01]\.\d{4} {2}ant +ant\/\d\.png$|^[01]\.\d{4} {2}<img src=x/),
    ])
    expect(two?.split('\n')).toHaveLength(6)
    expect(summary).toMatch(/^10 images compared by codes of .*net\.onnx, layer y, pool avg, in [\d.]+ s\n$/)
  })

  it('prints JSON, and writes a page with the images, or why one is not shown', () => {
    const { status, stdout, stderr } = runCli('search', first, second, ...given, '--json', '--quiet', '--out', page)
    expect([status, stderr]).toEqual([0, ''])
    const { queries, seconds } = JSON.parse(stdout)
    expect(queries.map(({ query, nearest }: { query: string; nearest: unknown[] }) => [query, nearest.length])).toEqual([
      [first, 10],
      [second, 10],
    ])
    expect(queries[0].nearest[0]).toEqual({ path: 'ant/3.png', label: 'ant', similarity: 1 })
    expect(seconds).toBeGreaterThan(0)
    const html = readFileSync(page, 'utf8')
    // Two queries, nine images of ten each; a picture stands where it is shown.
    expect(html.match(/<img class="thumb" src="data:image\/webp/g)).toHaveLength(2 + 2 * 9)
    expect(html.match(/<div class="missing">Not an image but /g)).toHaveLength(2)
    expect(html).toContain('<h2 id="query-1-title">&lt;b&gt;one.png</h2>')
    expect(html).toContain('cosine 1.000')
    expect(html).not.toContain('<img src=x')
  })

  it('leaves byte-equal images out, and says where a page cannot be written', () => {
    const { stdout } = runCli('search', first, ...given, '--json', '--quiet', '--skip-equal')
    expect(JSON.parse(stdout).queries[0].nearest).toHaveLength(9)
    const { status, stderr } = runCli('search', first, ...given, '--quiet', '--out', join(first, 'page.html'))
    expect(status).toBe(1)
    expect(stderr).toMatch(/^cnn-codes: Expected to write the page .*one\.png\/page\.html, but that is not possible: .*\n$/)
  })
})

describe.skipIf(chromiumPath === undefined)('the page of search in Chromium', () => {
  it('runs nothing that names hold, is silent, fetches nothing, is accessible and fits a phone', async () => {
    expect(existsSync(page)).toBe(true)
    const browser = await startChromium()
    await expectGoodPage(browser, page).finally(() => browser.close())
  })
})
