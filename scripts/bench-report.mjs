/**
 * How large a report is and how long a browser takes to open it.
 *
 * node scripts/bench-report.mjs --cache DIR [--runs 5] [NAME…]: a report of each saved head (default: the last one), and of all of them
 * side by side where there are several. Prints a JSON object each; exit code 1 where a page is above 15 MB, takes more than 2 s
 * or writes to the console. Needs Chromium (CHROMIUM, or on PATH) and what npm run build makes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { makeReport } from '../dist/index.js'

const limits = { bytes: 15e6, milliseconds: 2000 }
const { values, positionals } = parseArgs({
  options: { cache: { type: 'string', default: 'cache' }, runs: { type: 'string', default: '5' } },
  allowPositionals: true,
})
const folder = mkdtempSync(join(tmpdir(), 'bench-report-'))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
const groups = [...positionals.map((name) => [name]), ...(positionals.length === 1 ? [] : [positionals])]
let failed = false
for (const [at, names] of groups.entries()) {
  const started = performance.now()
  const { file, bytes, runs } = await makeReport({ cache: values.cache, names, out: join(folder, `${at}.html`) })
  const made = performance.now() - started
  const opened = []
  const messages = []
  for (let run = 0; run < Number(values.runs); run++) {
    const page = await browser.newPage()
    page.on('console', (message) => messages.push(message.text()))
    page.on('pageerror', (error) => messages.push(String(error)))
    const from = performance.now()
    await page.goto(`file://${file}`, { waitUntil: 'load' })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    opened.push(Math.round(performance.now() - from))
    await page.close()
  }
  const bad = bytes > limits.bytes || Math.max(...opened) > limits.milliseconds || messages.length > 0
  failed ||= bad
  const figures = {
    runs: runs.map(({ name }) => name),
    bytes,
    secondsToMake: Number((made / 1000).toFixed(1)),
    millisecondsToOpen: opened,
    messages,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
await browser.close()
rmSync(folder, { recursive: true, force: true })
process.exitCode = failed ? 1 : 0
