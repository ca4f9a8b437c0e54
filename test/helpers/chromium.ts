import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where Chromium is: CHROMIUM, or the first of its names on PATH; undefined where there is none. */
export const chromiumPath: string | undefined =
  process.env.CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path))

if (chromiumPath === undefined) process.stderr.write('No Chromium on PATH nor in CHROMIUM: pages are not tested in a browser.\n')

/** Starts it; without a sandbox as root, where it has none. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })

export interface OpenedPage {
  readonly page: Page
  /** What it wrote to the console, and errors that nobody caught. */
  readonly messages: readonly string[]
  /** What it asked for beside itself and data URIs. */
  readonly requests: readonly string[]
}

export interface View {
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
}

/** Opens a file, and hears what it says and asks for. */
export async function openPage(browser: Browser, file: string, { colorScheme = 'light', width = 1280 }: View = {}): Promise<OpenedPage> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  const [messages, requests]: [string[], string[]] = [[], []]
  const url = `file://${encodeURI(file)}`
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url())
  })
  page.on('dialog', (dialog) => {
    messages.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url)
  return { page, messages, requests }
}

/** What axe-core finds wrong with a page: rules with the elements that break them. It is evaluated past the page's policy. */
export async function violations(page: Page): Promise<string[]> {
  const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(script)
  return page.evaluate<string[]>(
    'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary].join(" "))))',
  )
}
