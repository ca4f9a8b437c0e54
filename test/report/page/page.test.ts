import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cardsHtml } from '../../../src/report/page/cards.js'
import { html } from '../../../src/report/page/html.js'
import { page } from '../../../src/report/page/page.js'
import { tableHtml } from '../../../src/report/page/table.js'
import { makeThumbnails } from '../../../src/report/page/thumbnails.js'
import { chromiumPath, openPage, startChromium } from '../../helpers/chromium.js'
import { expectGoodPage } from '../../helpers/expect-good-page.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "' onmouseover='alert(3)",
  ']]></style></title></script><!--',
  'gpj.\u202egnp\n2',
  'w'.repeat(500),
]

async function file(): Promise<string> {
  const image = join(import.meta.dirname, '../../fixtures/images/airplane.jpg')
  const thumbnails = await makeThumbnails([image])
  const table = tableHtml({
    caption: `Names ${hostile[0]}`,
    columns: [{ title: 'Name' }, { title: 'Count' }, { title: hostile[1] ?? '' }],
    rows: hostile.map((name, at) => [html`<bdi>${name}</bdi>`, { shown: `${at * 3} %`, sort: at * 3 }, at % 3]),
  })
  const cards = cardsHtml([
    ...hostile.map((path) => ({ images: [{ path, thumbnail: thumbnails.get(image), lines: [path] }], lines: [path] })),
    { images: hostile.map((path) => ({ path, thumbnail: { kind: 'missing' as const, reason: path } })) },
    { images: [{ path: 'none', thumbnail: undefined }] },
  ])
  const path = join(tempFolder(), 'page.html')
  const sections = [
    { id: 'names', title: hostile.join(' '), body: table },
    { id: 'images', title: 'Images', body: cards },
  ]
  writeFileSync(path, page({ title: hostile.join(' '), subtitle: hostile[1], sections }))
  return path
}

describe.skipIf(chromiumPath === undefined)('a page in Chromium', () => {
  let browser: Awaited<ReturnType<typeof startChromium>>
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())

  it('runs nothing that names hold, is silent, fetches nothing, is accessible in light and dark, and fits a phone', async () => {
    await expectGoodPage(browser, await file())
  })

  it('shows hostile names as they are, control and direction characters visible', async () => {
    const { page: opened } = await openPage(browser, await file())
    const names = await opened.locator('tbody th').allTextContents()
    const path = await opened.locator('.path').nth(4).textContent()
    await opened.close()
    expect(names.slice(0, 4)).toEqual(hostile.slice(0, 4))
    expect([names[4], path]).toEqual(['gpj.\\u202egnp\\u000a2', 'gpj.\\u202egnp\\u000a2'])
  })

  it('is sorted by the keyboard alone, by what is behind the text', async () => {
    const { page: opened } = await openPage(browser, await file())
    const counts = () => opened.locator('tbody td:nth-child(2)').allTextContents()
    await opened.getByRole('button', { name: 'Count' }).focus()
    await opened.keyboard.press('Enter')
    await opened.locator('th[aria-sort=descending]').waitFor()
    await expect.poll(counts).toEqual(['15 %', '12 %', '9 %', '6 %', '3 %', '0 %'])
    await opened.keyboard.press('Space')
    await opened.locator('th[aria-sort=ascending]').waitFor()
    await expect.poll(counts).toEqual(['0 %', '3 %', '6 %', '9 %', '12 %', '15 %'])
    await opened.close()
  })

  it('lets the keyboard go to the content first', async () => {
    const { page: opened } = await openPage(browser, await file())
    await opened.keyboard.press('Tab')
    const skip = opened.locator(':focus')
    expect([await skip.textContent(), await skip.isVisible()]).toEqual(['To the content', true])
    await opened.keyboard.press('Enter')
    expect(await opened.evaluate<string>('document.activeElement.id')).toBe('main')
    await opened.close()
  })
})

it('the policy of a page allows nothing but its own style and script', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page({ title: 'x', sections: [] })) ?? []
  expect(policy).toMatch(
    /^default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-[\w+/=]{44}&#39;; script-src &#39;sha256-[\w+/=]{44}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;$/,
  )
})
