import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const path = (below: string) => fileURLToPath(new URL(`../../${below}`, import.meta.url))

/** Runs the fuzz script in a process of its own, so that a crash of an image library is seen. */
function fuzz(count: number, seed: number) {
  const args = [path('scripts/fuzz-images.mjs'), '--images', path('test/fixtures/images'), '--count', `${count}`, '--seed', `${seed}`]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, signal, stderr, report: JSON.parse(stdout || '{}') }
}

it('damaged images of every format are refused or harmless, in both lanes: no crash, no hang, no cut image, no warning passed over', () => {
  const { report, ...ended } = fuzz(600, 7)
  expect(report.failures).toEqual([])
  expect(ended).toEqual({ status: 0, signal: null, stderr: '' })
  for (const format of ['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'])
    expect(Object.keys(report.counts)).toContainEqual(expect.stringMatching(`^${format} `))
})
