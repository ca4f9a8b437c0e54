import type { ChildProcess } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const late = await noisePng(50)
const stopping = '\nStopping; finished work is kept. Press Ctrl-C again to stop at once.\n'

/** Does one thing after the other, each when the process has said what belongs to it, on either stream. */
const whenSaid = (steps: readonly (readonly [RegExp, (child: ChildProcess) => void])[]) => (child: ChildProcess) => {
  let [said, at] = ['', 0]
  const listen = (text: string) => {
    said += text
    const [words, act] = steps[at] ?? []
    if (!words?.test(said)) return
    said = ''
    at++
    act?.(child)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
}

const interrupt = (child: ChildProcess) => child.kill('SIGINT')

describe('codes --watch', () => {
  it('says a line for each round, and the totals at the end', async () => {
    const data = await imageFolder({ a: 2 })
    const args = ['codes', '--data', data, '--cache', tempFolder(), '--model', model, '--watch']
    const steps = whenSaid([
      [/Watching/, () => put(data, 'b/text.png', 'text')],
      [/b\/text\.png: /, () => put(data, 'b/late.png', late)],
      [/4 images: /, interrupt],
    ])
    const { code, stdout, stderr } = await spawnCli(args, steps)
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.slice(0, 3).map((line) => line.replace(/in .*$/, 'in …'))).toEqual([
      '2 images: 2 computed, 0 from the cache, 0 quarantined, in …',
      '3 images: 0 computed, 2 from the cache, 1 quarantined, in …',
      '4 images: 1 computed, 2 from the cache, 1 quarantined, in …',
    ])
    expect(lines[3]).toMatch(/^4 images: 3 computed, 0 from the cache, 1 quarantined, in .*\(\d+ images\/s, bound by .*; CPU time: .*\)$/)
    expect(lines.slice(4)).toEqual([expect.stringContaining('codes of 6 × 6 × 4'), expect.stringMatching(/^Next: npm run train-head /), ''])
    expect(stderr).toBe(
      `Watching for new images; Ctrl-C ends it.\n1 image quarantined; mend or remove them and run codes again:\n  b/text.png: Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.\n${stopping}`,
    )
  })

  it('--json prints one object at the end, the rounds on standard error', async () => {
    const data = tempFolder()
    const args = ['codes', '--data', data, '--cache', tempFolder(), '--model', model, '--watch', '--json', '--strict']
    const steps = whenSaid([
      [/Waiting: Expected a folder per class in .*, found an empty folder\./, () => put(data, 'a/text.png', 'text')],
      [/1 images: /, () => put(data, 'a/late.png', late)],
      [/2 images: /, interrupt],
    ])
    const { code, stdout } = await spawnCli(args, steps)
    expect(code).toBe(3)
    expect(stdout).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(stdout)).toMatchObject({
      images: 2,
      computed: 1,
      cached: 0,
      quarantined: 1,
      quarantine: [{ path: 'a/text.png', cause: 'format' }],
      codeLength: 144,
      interrupted: false,
      rounds: 2,
    })
  })

  it('exits with 130 when images were left', async () => {
    const data = tempFolder()
    const args = ['codes', '--data', data, '--cache', tempFolder(), '--model', model, '--watch', '--json']
    const left = await spawnCli(args, whenSaid([[/Waiting/, interrupt]]))
    expect([left.code, JSON.parse(left.stdout)]).toMatchObject([0, { images: 0, rounds: 0, runs: [] }])

    let growing: NodeJS.Timeout | undefined
    const grow = (child: ChildProcess) => {
      growing = setInterval(() => put(data, 'a/growing.jpg', `${performance.now()}`), 100)
      setTimeout(() => interrupt(child), 3000)
    }
    put(data, 'a/late.png', late)
    const { code, stdout } = await spawnCli(args, whenSaid([[/Watching/, grow]])).finally(() => clearInterval(growing))
    expect([code, JSON.parse(stdout)]).toMatchObject([130, { images: 1, computed: 1, interrupted: true }])
  })

  it('does not go with --plan', async () => {
    expect(await spawnCli(['codes', '--data', tempFolder(), '--watch', '--plan'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'cnn-codes: Expected --plan to be given without --watch, got true. Leave out one of them.\n',
    })
  })
})
