import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { runCli } from '../helpers/run-cli.js'
import { spawnCli } from '../helpers/spawn-cli.js'

const coded = () => codedDataSet({ counts: { ant: 60, bee: 60, cow: 60 }, shape: [200], signal: 0.3 })
/** Long enough to be interrupted in an epoch, and with all that is random: order, dropout. */
const training = ['--head', 'bn,dropout:0.5,dense:256:relu,softmax', '--epochs', '24', '--batch', '4', '--checkpoint-every', '0', '--json']

interface Trained {
  readonly history: readonly object[]
  readonly kept: number
  readonly bundle: string
}

const weightsOf = (bundle: string) => JSON.parse(readFileSync(join(bundle, 'head.json'), 'utf8')).weights.sha256

/** Interrupts a training by a signal after some epochs are kept, and gives the command again. */
async function interrupted(signal: NodeJS.Signals, meddle: (file: string) => void = () => undefined) {
  const { data, cache } = await coded()
  const args = ['train-head', '--data', data, '--cache', cache, ...training]
  const folder = join(cache, 'heads', '.training')
  const first = await spawnCli(args, (child) => {
    let [last, changes] = ['', 0]
    const watch = setInterval(() => {
      const now = kept(folder)
      if (now !== last) changes++
      last = now
      if (changes < 3) return
      clearInterval(watch)
      child.kill(signal)
    }, 5)
    child.on('exit', () => clearInterval(watch))
  })
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.safetensors'))
  meddle(join(folder, file))
  const again = await spawnCli(args)
  const whole = await spawnCli([...args, '--name', 'whole', '--restart'])
  const [resumed, undisturbed]: Trained[] = [JSON.parse(again.stdout), JSON.parse(whole.stdout)]
  if (!resumed || !undisturbed) throw new Error('Expected two trainings')
  return { first, again, resumed, undisturbed, left: readdirSync(folder) }
}

function kept(folder: string): string {
  try {
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.safetensors'))
    return readFileSync(join(folder, file)).subarray(0, 4000).toString('latin1')
  } catch {
    return ''
  }
}

describe('train-head', () => {
  it.each([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ] as const)('goes on after %s to the same numbers', async (signal, code) => {
    const { first, again, resumed, undisturbed, left } = await interrupted(signal)
    expect(first.code).toBe(code)
    if (signal === 'SIGINT')
      expect(first.stderr).toMatch(/Interrupted: epoch \d+ of 24 is kept, and the same command goes on from there\.\n$/)
    expect(again.stderr).toMatch(/Resuming after epoch \d+ of 24, where the training was interrupted; --restart begins anew\./)
    expect(resumed.history).toEqual(undisturbed.history)
    expect(weightsOf(resumed.bundle)).toBe(weightsOf(undisturbed.bundle))
    expect(left).toEqual([])
  })

  it('begins anew where what was kept is damaged', async () => {
    const { again, resumed, undisturbed } = await interrupted('SIGKILL', (file) => {
      const bytes = readFileSync(file)
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1
      writeFileSync(file, bytes)
    })
    expect(again.stderr).toMatch(
      /An interrupted training cannot be resumed, since .* is damaged: its content is not what was written\. It begins anew\./,
    )
    expect(resumed.history).toEqual(undisturbed.history)
  })

  it('refuses a time that is none', async () => {
    const { data, cache } = await coded()
    expect(runCli('train-head', '--data', data, '--cache', cache, '--checkpoint-every', 'x')).toMatchObject({
      status: 2,
      stderr: 'cnn-codes: Expected --checkpoint-every to be a number, 0 or more, got "x".\n',
    })
  })
})
