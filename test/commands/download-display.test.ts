import { expect, it } from 'vitest'
import { downloadDisplay } from '../../src/commands/download-display.js'
import type { Terminal } from '../../src/commands/terminal.js'

/** A terminal that keeps what its progress displays are told. */
function recorder() {
  const seen: unknown[] = []
  const progress: Terminal['progress'] = () => ({ update: (...told) => void seen.push(told), stop: () => void seen.push('stop') })
  const terminal: Terminal = {
    words: [],
    input: async () => '',
    print: () => undefined,
    note: () => undefined,
    progress,
    live: () => ({ width: 80, rows: 24, colour: false, show: () => undefined }),
    interruptible: () => new AbortController().signal,
  }
  return { seen, terminal }
}

const file = 'w.h5'
const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

it('shows megabytes with rate and time left, and goes when the file is there', async () => {
  const { seen, terminal } = recorder()
  const { onDownload, stop } = downloadDisplay(terminal)
  onDownload({ file, received: 40_000_000, total: 90_000_000 })
  await soon()
  onDownload({ file, received: 60_000_000, total: 90_000_000 })
  onDownload({ file, received: 90_000_000, total: 90_000_000 })
  stop()
  expect(seen).toEqual([
    [40, 90, 'MB of w.h5'],
    [60, 90, expect.stringMatching(/^MB of w\.h5, \d+\.\d MB\/s, \d\.\d s left$/)],
    [90, 90, expect.stringMatching(/^MB of w\.h5, \d+\.\d MB\/s, 0\.0 s left$/)],
    'stop',
  ])
})

it('counts from where an earlier download broke off, and tells no time left where the size is not known', async () => {
  const { seen, terminal } = recorder()
  const { onDownload, stop } = downloadDisplay(terminal)
  onDownload({ file, received: 40_000_000, total: undefined })
  await soon()
  onDownload({ file, received: 40_000_000, total: undefined })
  await soon()
  onDownload({ file, received: 41_000_000, total: undefined })
  stop()
  expect(seen).toEqual([
    [40, 40, 'MB of w.h5'],
    [40, 40, 'MB of w.h5'],
    [41, 41, expect.stringMatching(/^MB of w\.h5, \d+\.\d MB\/s$/)],
    'stop',
  ])
})
