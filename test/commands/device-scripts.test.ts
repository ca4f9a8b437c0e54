import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

function script(name: string, ...args: readonly string[]) {
  const path = fileURLToPath(new URL(`../../scripts/${name}.mjs`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe.each(['gpu-check', 'setup-cuda'])('%s', (name) => {
  it('tells its usage', () => {
    const usage = expect.stringMatching(new RegExp(`^npm run ${name} \\[-- --.*\n +--help +this text\n$`, 's'))
    expect(script(name, '--help')).toEqual({ status: 0, stdout: usage, stderr: '' })
  })

  it.each(['--bogus', 'word'])('refuses %s with its usage and without a stack', (word) => {
    const { status, stdout, stderr } = script(name, word)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^${name}: Un.*'${word}'.*\n\nnpm run ${name} \\[`))
    expect(stderr).not.toMatch(/^ +at /m)
  })
})

it.each([
  ['--batch', '1.5', 'a whole number of at least 1'],
  ['--batch', 'many', 'a whole number of at least 1'],
  ['--seconds', '0', 'a number above 0'],
])('gpu-check refuses %s %s', (option, value, rule) => {
  const { status, stderr } = script('gpu-check', option, value)
  expect([status, stderr.split('\n')[0]]).toEqual([2, `gpu-check: Expected ${option} to be ${rule}, got "${value}".`])
})
