import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { type TinyBundle, tinyBundle } from '../helpers/tiny-bundle.js'

let made: TinyBundle
beforeAll(async () => {
  made = await tinyBundle()
}, 60_000)

/** The address that a started server prints. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout?.on('data', (chunk: string) => {
      text += chunk
      const [, url] = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(text) ?? []
      if (url !== undefined) resolve(url)
    })
  })
}

describe('serve', () => {
  it.each([
    [[], 'cnn-codes: Not enough non-option arguments: got 0, need at least 1. cnn-codes --help tells more.\n', 2],
    [['tiny', '--port', 'x'], 'cnn-codes: Expected --port to be a whole number, 0 or more, got "x".\n', 2],
    [['tiny', '--port', '70000'], 'cnn-codes: Expected --port to be a whole number from 0 to 65535, got 70000.\n', 2],
    [
      ['tiny', '--host', '0.0.0.0'],
      'cnn-codes: Expected --host to be a loopback address where there is no --token-file, got "0.0.0.0". Give a file with a token.\n',
      2,
    ],
    [
      ['nowhere', '--cache', 'nowhere'],
      'cnn-codes: Expected a bundle: the name of a head in nowhere/heads, or a folder with head.json, found none named "nowhere". Train one with: npm run train-head -- --name NAME\n',
      1,
    ],
  ])('refuses %j', (words, message, code) => {
    const { status, stdout, stderr } = runCli('serve', ...words)
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: message })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('answers what it accepted when %s comes, and ends with 0', async (signal) => {
    const image = readFileSync(join(made.data, 'ant/0.png'))
    const statuses: number[] = []
    const args = ['serve', 'tiny', '--cache', made.cache, '--port', '0', '--workers', '1']
    const { code, stdout, stderr } = await spawnCli(args, (child) => {
      void addressOf(child).then(async (url) => {
        const asked = Array.from({ length: 20 }, () =>
          fetch(`${url}predict`, { method: 'POST', body: image, headers: { 'content-type': 'image/png' } }),
        )
        await Promise.race(asked)
        child.kill(signal)
        for (const answer of await Promise.all(asked)) statuses.push(answer.status)
      })
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Serving tiny \(3 classes\) at http:\/\/127\.0\.0\.1:\d+\/\n$/)
    expect(statuses).toEqual(Array.from({ length: 20 }, () => 200))
    expect(stderr.match(/^\S+Z 127\.0\.0\.1 POST \/predict 200 \d+ ms$/gm)).toHaveLength(20)
  })

  it('tells its address as JSON and nothing else with --quiet, and ends though a connection is open', async () => {
    const { code, stdout, stderr } = await spawnCli(
      ['serve', made.bundle, '--cache', made.cache, '--port', '0', '--workers', '1', '--json', '--quiet'],
      (child) => {
        void addressOf(child).then(async (url) => {
          await (await fetch(`${url}healthz`)).text() // kept alive by fetch
          child.kill('SIGTERM')
        })
      },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/), name: 'tiny', classes: 3 })
    expect(stderr).toBe('\nStopping; finished work is kept. Press Ctrl-C again to stop at once.\n')
  })
})
