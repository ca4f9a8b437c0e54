import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BundleServer, serveBundle } from '../../../src/bundle/serve/serve-bundle.js'
import { chromiumPath, startChromium, violations } from '../../helpers/chromium.js'
import { put } from '../../helpers/image-folder.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { tinyBundle } from '../../helpers/tiny-bundle.js'

/** A class and a file whose names would break out of markup. */
const hostile = `<img src=x onerror=alert('x')>`

describe.skipIf(chromiumPath === undefined)('the page of serve in Chromium', () => {
  let browser: Browser
  let server: BundleServer
  let files: string[] = []
  beforeAll(async () => {
    const made = await tinyBundle({ [hostile]: 10, bee: 10 })
    const folder = tempFolder()
    put(folder, '<b>note.png', 'no image')
    files = [join(made.data, 'bee/1.png'), join(folder, '<b>note.png')]
    server = await serveBundle({ ...made, port: 0, workers: 1 })
    browser = await startChromium()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 390 },
  ] as const)('classifies files by keyboard and tells the results, asks nobody else, and is accessible: %j', async ({
    colorScheme,
    width,
  }) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
    const [messages, elsewhere]: [string[], string[]] = [[], []]
    page.on('console', (message) => messages.push(message.text()))
    page.on('pageerror', (error) => messages.push(String(error)))
    page.on('dialog', (dialog) => messages.push(dialog.message()))
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) elsewhere.push(request.url())
    })
    await page.goto(server.url)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('files')
    await page.setInputFiles('#files', files)
    await page.waitForSelector('.top')
    await page.waitForSelector('.error')
    expect(await page.getByRole('listitem').filter({ hasText: '%' }).count()).toBeGreaterThan(2)
    expect(await page.locator('.error').textContent()).toBe('Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.')
    expect(await page.locator('h2').allTextContents()).toEqual(['<b>note.png', '1.png'])
    expect((await page.locator('.top li span:first-child').allTextContents()).sort()).toEqual([hostile, 'bee'])
    expect(await page.locator('.top li .share').first().textContent()).toMatch(/^\d+\.\d %$/)
    expect(await page.evaluate("parseFloat(document.querySelector('.bar i').style.width)")).toBeGreaterThan(49)
    expect(await page.getByRole('status').textContent()).toMatch(/: /)
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    // Chromium itself tells of the answer 422.
    expect(messages.filter((message) => !/status of 422/.test(message))).toEqual([])
    expect(elsewhere).toEqual([])
    await page.close()
  })

  it('takes files that are dropped', async () => {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.evaluate(
      "const data = new DataTransfer(); data.items.add(new File(['no image'], 'dropped.png')); document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }))",
    )
    await page.waitForSelector('.error')
    expect(await page.locator('h2').textContent()).toBe('dropped.png')
    await page.close()
  })
})
