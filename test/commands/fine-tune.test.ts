import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

const data = await twoClasses(30)
const model = modelFile(threeConvolutions())
const tuning = (cache: string) => ['fine-tune', '--data', data, '--cache', cache, '--model', model, '--mean', '127.5', '--scale', '127.5']

describe('fine-tune, refusals', () => {
  it.each([
    [['--last', '0'], 'Expected --last to be a whole number above 0, got "0".'],
    [['--last', '2', '--tail-lr', '-1'], 'Expected --tail-lr to be a number, 0 or more, got "-1".'],
    [['--last', '2', '--lr', '0'], 'Expected --lr to be a number above 0, got "0".'],
    [['--last', '2', '--freeze-epochs', 'x'], 'Expected --freeze-epochs to be a whole number, 0 or more, got "x".'],
    [
      ['--last', '2', '--name', '../x'],
      'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../x".',
    ],
    [['--last', '2', '--grid', 'lr=1'], 'Unknown argument: grid. cnn-codes --help tells more.'],
    [['--last', '2', '--from', 'third'], 'Expected either --last N or --from LAYER, which say what is trained, got both. Try --last 4.'],
    [
      ['--from', 'x'],
      'Expected --from to be input or one of the 6 layers of the model, got "x". The last ones are: y, second, middle, third, top.',
    ],
  ])('%j', (args, message) => {
    expect(runCli(...tuning(tempFolder()), ...args)).toEqual({ status: 2, stdout: '', stderr: `cnn-codes: ${message}\n` })
  })
})

describe('fine-tune', () => {
  it('prints one JSON object; the model that it names needs no options', () => {
    const cache = tempFolder()
    const run = runCli(...tuning(cache), '--last', '4', '--epochs', '2', '--json', '--quiet')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    const result: Record<string, unknown> = JSON.parse(run.stdout)
    expect(result).toMatchObject({ trainedParameters: 455, train: 38, validation: 4, test: 18, epochs: 2, pool: 'none' })
    expect(Object.keys(result)).toEqual(expect.arrayContaining(['accuracy', 'bundle', 'frozen', 'history', 'modelFile', 'seconds', 'tail']))
    const report = JSON.parse(runCli('report', '--cache', cache, '--json').stdout)
    expect(report.runs).toMatchObject([{ folder: result.bundle, accuracy: Object(result.accuracy).test }])
    expect(readFileSync(report.file, 'utf8')).not.toContain('Train it again')
    const codes = runCli('codes', '--data', data, '--cache', cache, '--model', String(result.modelFile), '--json', '--quiet')
    expect(JSON.parse(codes.stdout)).toMatchObject({ fingerprint: result.fingerprint, computed: 60, codeShape: [2, 2, 6] })
    const seen = /^\d+ of 18 test images are among those that the network was fine-tuned on: the accuracy is too high\. /m
    const head = (seed: string) =>
      runCli('train-head', '--data', data, '--cache', cache, '--model', String(result.modelFile), '--seed', seed, '--quiet')
    expect(head('0').stderr).not.toMatch(seen)
    expect(head('1').stderr).toMatch(seen)
  })

  it('says what it trained and how to go on', () => {
    const { stdout } = runCli(...tuning(tempFolder()), '--from', 'third', '--epochs', '2', '--name', 'mine', '--quiet')
    expect(stdout).toMatch(/\nTrained: 2 layers from third on, 270 parameters\nThe head alone, by lbfgs: test accuracy \d+\.\d %\n/)
    expect(stdout).toMatch(
      /\nNext, for codes of the new model \(no --size, --mean or --scale\): npm run codes -- --data \S+ --cache \S+ --model \S+\/models\/tuned-v1\/mine-[0-9a-f]{64}\.onnx\n$/,
    )
  })

  it('trains a network without weights at one rate from the first epoch on, and train-head says what its codes are worth', () => {
    const cache = tempFolder()
    const where = ['--data', data, '--cache', cache, '--model', 'cnn7', '--size', '32']
    const tuned = runCli('fine-tune', ...where, '--from', 'input', '--epochs', '1', '--json', '--quiet')
    expect(tuned).toMatchObject({ status: 0, stderr: '' })
    const result = JSON.parse(tuned.stdout)
    expect(result).toMatchObject({ frozen: null, trainedParameters: 582_176, layer: 'block4_pool', codeLength: 1024 })
    expect(result.tail).toMatchObject({ from: 'block1_conv1', lr: 0.001 })
    const codes = runCli('codes', ...where)
    expect(codes.stdout).toContain('\nThe weights are random: these codes mean nothing, nor does a head on them. ')
    const head = runCli('train-head', ...where, '--quiet')
    expect(head.stderr).toContain('The network of these codes has random weights: accuracies on them mean nothing.\n')
  })

  it.each([
    ['4', '30'],
    ['6', '20'],
  ])('goes on after a kill in the middle of an epoch to the same numbers, the last %s layers trained', async (last, epochs) => {
    const args = [
      ...['--last', last, '--epochs', epochs, '--batch', '2', '--freeze-epochs', '1', '--checkpoint-every', '0', '--json'],
      '--head',
      'dropout:0.3,softmax',
    ]
    const [cache, other] = [tempFolder(), tempFolder()]
    const folder = join(cache, 'heads', '.training')
    const killed = await spawnCli([...tuning(cache), ...args], (child) => {
      const watch = setInterval(() => {
        if (!epochsIn(folder)) return
        clearInterval(watch)
        child.kill('SIGKILL')
      }, 5)
      child.on('exit', () => clearInterval(watch))
    })
    expect(killed.code).toBe(null)
    const again = await spawnCli([...tuning(cache), ...args])
    expect(again.stderr).toMatch(new RegExp(`Resuming after epoch \\d+ of ${epochs}`))
    const whole = await spawnCli([...tuning(other), ...args])
    const [resumed, undisturbed]: Record<string, unknown>[] = [JSON.parse(again.stdout), JSON.parse(whole.stdout)]
    for (const field of ['history', 'accuracy', 'frozen', 'fingerprint', 'kept']) expect(resumed?.[field]).toEqual(undisturbed?.[field])
    expect(readdirSync(folder)).toEqual([])
  })
})

/** Whether a training of more than two epochs is kept. */
function epochsIn(folder: string): boolean {
  const [file] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : []
  return file !== undefined && /\{\\"epoch\\":[3-9]/.test(readFileSync(join(folder, file)).subarray(0, 4000).toString('latin1'))
}
