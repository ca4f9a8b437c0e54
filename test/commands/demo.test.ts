import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

it('demo: accuracy rises by at least 10 points from the smallest to the largest size, and the intervals do not overlap', () => {
  const out = join(tempFolder(), 'demo')
  const { status, stdout } = runCli('demo', '--json', '--out', out)
  expect(status).toBe(0)
  const { codes, head, sweep } = JSON.parse(stdout)
  expect(codes).toMatchObject({ images: 640, computed: 640, quarantined: 0, codeShape: [7, 7, 1280] })
  expect(head.accuracy.test).toBeGreaterThan(0.8)
  const [first, last] = [sweep.points.at(0), sweep.points.at(-1)]
  expect(last.mean - first.mean).toBeGreaterThanOrEqual(0.1)
  expect(last.low).toBeGreaterThan(first.high)
  expect(sweep.files.every((file: string) => existsSync(file))).toBe(true)
})
