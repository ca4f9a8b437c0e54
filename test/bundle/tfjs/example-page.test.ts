import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Bundle } from '../../../src/bundle/load-bundle.js'
import { examplePage } from '../../../src/bundle/tfjs/example-page.js'
import { exportTfjs } from '../../../src/bundle/tfjs/export-tfjs.js'
import { decodeImage } from '../../../src/images/decode.js'
import { resamplePlain } from '../../../src/images/resample-plain.js'
import { answersOf, bundleOf, noisePixels } from '../../helpers/bundle-of.js'
import { chromiumPath, startChromium, violations } from '../../helpers/chromium.js'
import { expectClose } from '../../helpers/expect-close.js'
import { noisePng } from '../../helpers/image-folder.js'
import { type ServedFolder, serveFolder } from '../../helpers/serve-folder.js'
import { smallestBackbone } from '../../helpers/smallest-backbone.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const longLabel = 'a name that is much longer than a phone is wide '.repeat(4).trim()
const labels = ['ant', 'bee', '<img src=x onerror=alert(1)>', 'dog', 'eel', longLabel]
const photo = readFileSync(new URL('../../fixtures/images/leopard.jpg', import.meta.url))
const backbone = smallestBackbone('cnn7')
const nowhere = () => join(tempFolder(), 'x.js')

it('TensorFlow.js is copied where it is installed', () => {
  const page = examplePage([nowhere()])
  expect(page.files.map(([name]) => name)).toEqual(['index.html', 'classify.js', 'resample.js'])
  expect(page.tensorflow).toBeUndefined()
  const second = examplePage([nowhere(), import.meta.url])
  expect(second.files.at(-1)?.[0]).toBe('tf.es2017.min.js')
  expect(second.tensorflow).toBe('4.22.0')
})

describe.skipIf(chromiumPath === undefined)('in Chromium', () => {
  let browser: Browser
  let page: Page
  let bundle: Bundle
  let out: string
  let served: ServedFolder
  const [messages, foreign]: [string[], string[]] = [[], []]

  beforeAll(async () => {
    browser = await startChromium()
    bundle = await bundleOf(backbone, { labels })
    out = tempFolder()
    await exportTfjs(bundle, { out, cache: 'cache' })
    served = await serveFolder(out)
    page = await browser.newPage({ viewport: { width: 1000, height: 900 } })
    page.on('pageerror', (error) => messages.push(String(error)))
    page.on('dialog', (dialog) => messages.push(`dialog: ${dialog.message()}`))
    page.on('console', (message) => message.type() === 'error' && messages.push(message.text()))
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(served.url) && !/^(blob|data):/.test(url)) foreign.push(url)
    })
    await page.goto(`${served.url}/`)
    await says(page, /^Ready\.$/)
  })
  afterEach(() => expect({ messages, foreign }).toEqual({ messages: [], foreign: [] }))
  afterAll(async () => {
    await served.close()
    await browser.close()
  })

  /** Waits until the page says so; its policy forbids what playwright's own waiting does. */
  const says = (page: Page, what: RegExp) =>
    vi.waitFor(async () => expect(await page.evaluate('document.getElementById("status").textContent')).toMatch(what), { timeout: 30_000 })

  /** A file as a page makes it, in its script. */
  const file = (content: Buffer, name: string, type: string) =>
    `new File([Uint8Array.from(atob('${content.toString('base64')}'), (letter) => letter.charCodeAt(0))], '${name}', { type: '${type}' })`

  /** Drops a file on the page, as a hand does. */
  async function drop(content: Buffer, name: string, type: string): Promise<void> {
    const dataTransfer = await page.evaluateHandle(
      `(() => { const transfer = new DataTransfer(); transfer.items.add(${file(content, name, type)}); return transfer })()`,
    )
    await page.dispatchEvent('#drop', 'dragover', { dataTransfer })
    await page.dispatchEvent('#drop', 'drop', { dataTransfer })
    await says(page, /ms on|cannot/)
  }

  /** What the page's own function says of a file. */
  const classified = (page: Page, content: Buffer, type: string) =>
    page.evaluate<number[]>(
      `import('./classify.js').then(({ classify }) => classify(${file(content, 'image', type)})).then((data) => Array.from(data))`,
    )

  /** What onnxruntime says of a file. */
  async function wanted(content: Buffer) {
    const image = await decodeImage(content, { exif: true, alpha: 'white' })
    return answersOf(bundle, backbone, resamplePlain(image, backbone.size))
  }

  it.each(['cpu', 'webgl'])('the model gives the same answers on the backend %s', async (backend) => {
    const pixels = noisePixels(4, backbone.size)
    const { used, data } = await page.evaluate<{ used: string; data: number[] }>(`(async () => {
      await tf.setBackend('${backend}')
      const model = await tf.loadGraphModel('./model.json')
      const output = model.predict(tf.tensor4d([${pixels.join()}], [4, ${backbone.size}, ${backbone.size}, 3], 'int32'))
      return { used: tf.getBackend(), data: Array.from(await output.data()) }
    })()`)
    expect(used).toBe(backend)
    expectClose(data, await answersOf(bundle, backbone, pixels), { absolute: 2e-3 })
  })

  it('an image that is dropped: the five most likely classes, labels as text', async () => {
    await drop(photo, 'leopard.jpg', 'image/jpeg')
    await says(page, /^\d+ ms on (webgl|cpu)\.$/)
    const shown = await page.evaluate<string[][]>(
      '[...document.querySelectorAll("#answers li")].map((li) => [...li.querySelectorAll(".line span")].map((span) => span.textContent).concat(li.querySelector(".bar").style.width))',
    )
    const probabilities = [...(await wanted(photo))].map((probability, at) => ({ label: labels[at], probability }))
    const best = probabilities.sort((a, b) => b.probability - a.probability).slice(0, 5)
    expect(shown.map(([label]) => label)).toEqual(best.map(({ label }) => label))
    for (const [at, [, percent = '', width = '']] of shown.entries()) {
      expect(percent).toMatch(/^\d+\.\d %$/)
      expect(Math.abs(Number.parseFloat(percent) / 100 - (best[at]?.probability ?? 0))).toBeLessThan(2e-3)
      expect(Math.abs(Number.parseFloat(width) - Number.parseFloat(percent))).toBeLessThan(0.06)
    }
  })

  const turned = () => sharp(photo).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer()
  const clear = async () =>
    sharp(await noisePng(5, { side: 40 }))
      .ensureAlpha(0.5)
      .png()
      .toBuffer()
  it.each([
    ['a photo', 'image/jpeg', async () => photo, 2e-3],
    ['a photo that is to be turned', 'image/jpeg', turned, 2e-3],
    ['a PNG', 'image/png', () => noisePng(4, { side: 50 }), 2e-3],
    // A canvas puts colours on white by another rounding: a level of 255 off.
    ['a transparent PNG', 'image/png', clear, 1e-2],
  ])('%s is prepared as for the training', async (_, type, content, absolute) => {
    expectClose(await classified(page, await content(), type), await wanted(await content()), { absolute })
  })

  it('a photo that is to be turned, for a network that takes images as they are stored, two at a time', async () => {
    const stored = await bundleOf({ ...backbone, batch: 2 }, { labels, preprocessing: { exif: false } })
    const folder = tempFolder()
    await exportTfjs(stored, { out: folder, cache: 'cache' })
    const other = await browser.newPage()
    const server = await serveFolder(folder)
    await other.goto(`${server.url}/`)
    await says(other, /^Ready\.$/)
    const photo = await turned()
    const image = await decodeImage(photo, { exif: false, alpha: 'white' })
    expectClose(await classified(other, photo, 'image/jpeg'), await answersOf(stored, backbone, resamplePlain(image, backbone.size)), {
      absolute: 2e-3,
    })
    await server.close()
  })

  it('a file that is no image: one sentence, and the next image is classified', async () => {
    await drop(Buffer.from('no image'), 'notes.txt', 'text/plain')
    await says(page, /^notes\.txt cannot be classified: /)
    expect(await page.isHidden('#result')).toBe(true)
    await page.setInputFiles('#file', { name: 'leopard.jpg', mimeType: 'image/jpeg', buffer: photo })
    await says(page, /ms on/)
    expect(await page.isVisible('#answers li:nth-child(5)')).toBe(true)
  })

  it.each([
    ['light', 1000],
    ['dark', 1000],
    ['light', 390],
  ] as const)('%s, %d pixels wide: accessible, never wider than the screen', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await drop(photo, 'leopard.jpg', 'image/jpeg')
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    const folder = process.env.SCREENSHOTS
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${colorScheme}-${width}.png`), fullPage: true })
  })

  it('without a server or TensorFlow.js it says what to do', async () => {
    const other = await browser.newPage()
    await other.goto(`file://${out}/index.html`)
    await says(other, /^This page must come from a web server/)
    const folder = tempFolder()
    for (const [name, content] of examplePage([nowhere()]).files) writeFileSync(join(folder, name), content)
    const bare = await serveFolder(folder)
    await other.goto(`${bare.url}/`)
    await says(
      other,
      /^tf\.es2017\.min\.js is not there\. Put node_modules\/@tensorflow\/tfjs\/dist\/tf\.es2017\.min\.js beside this page\.$/,
    )
    await bare.close()
  })
})
