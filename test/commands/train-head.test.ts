import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const coded = (counts: Readonly<Record<string, number>> = { ant: 20, bee: 20 }) => codedDataSet({ counts, shape: [4, 4, 20], signal: 3 })

/** One sentence or two on standard error, nothing else: no stack, nothing on standard output. */
function expectRefusal(run: ReturnType<typeof runCli>, status: number, message: string): void {
  expect(run).toEqual({ status, stdout: '', stderr: `cnn-codes: ${message}\n` })
}

describe('train-head, refusals', () => {
  it('says which command makes missing codes', () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    const fix = `npm run codes -- --data ${data} --cache ${cache}`
    expectRefusal(
      runCli('train-head', '--data', data, '--cache', cache),
      1,
      `Expected codes for the images of ${data}, found none in ${cache}. Make them with: ${fix}`,
    )
  })

  it.each([
    [['--name', '../x'], 2, 'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../x".'],
    [['--split', '70'], 2, 'Expected --split to be a decimal from 0 to below 1, such as 0.7, got "70".'],
    [['--l2', '-1'], 2, 'Expected --l2 to be a number, 0 or more, got "-1".'],
    [['--seed', 'x'], 2, 'Expected --seed to be a whole number, 0 or more, got "x".'],
    [['--gram-limit', 'huge'], 2, 'Expected --gram-limit to be a size such as 2GB or 500MB, got "huge".'],
    [['--memory', 'lots'], 2, 'Expected --memory to be a size such as 2GB or 500MB, got "lots".'],
    [['--classes', 'ant'], 1, 'Expected at least two classes, found only "ant". Add a folder for each further class.'],
    [
      ['--resize', 'stretch'],
      2,
      'Expected --resize to be one of squish, keras-nearest, tf-bilinear, pad or crop:N, such as crop:256, got "stretch".',
    ],
    [['--bogus'], 2, 'Unknown argument: bogus. cnn-codes --help tells more.'],
  ])('%j', async (args, status, message) => {
    const { data, cache } = await coded()
    expectRefusal(runCli('train-head', '--data', data, '--cache', cache, ...args), status, message)
  })

  it('names a class with fewer images than the split needs', async () => {
    const { data, cache } = await coded({ ant: 20, bee: 1 })
    const message =
      'Expected at least 3 different images in class "bee" (to train, choose and test), found 1 image. Add images, or leave it out with --exclude-classes "bee".'
    expectRefusal(runCli('train-head', '--data', data, '--cache', cache), 1, message)
  })
})

describe('train-head', () => {
  it('prints one JSON object with the fields that scripts rely on', async () => {
    const { data, cache } = await coded()
    const { status, stdout, stderr } = runCli('train-head', '--data', data, '--cache', cache, '--json', '--name', 'mine')
    expect(status).toBe(0)
    const result = JSON.parse(stdout)
    for (const field of [
      'classes',
      'train',
      'validation',
      'test',
      'codeLength',
      'head',
      'solver',
      'epochs',
      'seconds',
      'accuracy',
      'balancedAccuracy',
      'history',
      'bundle',
    ]) {
      expect(result).toHaveProperty(field)
    }
    expect(result.history[0]).toEqual(
      Object.fromEntries(['epoch', 'l2', 'loss', 'accuracy', 'valLoss', 'valAccuracy'].map((key) => [key, expect.any(Number)])),
    )
    expect(existsSync(result.bundle)).toBe(true)
    expect(stderr).toContain('Model: net.onnx, that of the last completed run for this data.')
  })

  it('prints accuracies and where the head is', async () => {
    const { data, cache } = await coded()
    const { stdout } = runCli('train-head', '--data', data, '--cache', cache, '--quiet')
    expect(stdout).toMatch(
      /^Test accuracy \d+\.\d %, balanced \d+\.\d % \(train \d+\.\d %, validation \d+\.\d %\)\n2 classes; 26 images to train, 2 to choose, 12 to test; seed 0\n/,
    )
    expect(stdout).toContain(`Saved: ${cache}/heads/${basename(data)}-net.onnx-flat-softmax`)
  })
})
