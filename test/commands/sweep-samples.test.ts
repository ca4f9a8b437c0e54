import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const coded = () => codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [4, 4, 20], signal: 0.5 })

describe('sweep-samples', () => {
  it.each([
    [
      ['--per-class', '5,14'],
      'Expected --per-class to be at most 13, the training images of the largest class, got 14. Choose smaller sizes, or a larger --split.',
    ],
    [['--per-class', '5,x'], 'Expected --per-class to be a whole number above 0, got "x".'],
    [['--per-class', '5,,6'], 'Expected --per-class to be a list such as a,b,c, got "5,,6".'],
    [['--repeats', '0'], 'Expected --repeats to be a whole number above 0, got "0".'],
  ])('refuses %j', async (args, message) => {
    const { data, cache } = await coded()
    expect(runCli('sweep-samples', '--data', data, '--cache', cache, ...args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `cnn-codes: ${message}\n`,
    })
  })

  it('takes labels from a file, one for each image', async () => {
    const { data, cache } = await codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [20], flat: true })
    const rows = ['ant', 'bee'].flatMap((label) => Array.from({ length: 20 }, (_, i) => `${label}-${i}.png,${label}`))
    const args = (file: string) => ['sweep-samples', '--data', data, '--cache', cache, '--per-class', '2', '--json', '--labels', file]
    const one = labelFile(rows)
    expect(JSON.parse(runCli(...args(one)).stdout)).toMatchObject({ classes: 2, labelFile: one })
    const several = labelFile(rows.map((row) => row.replace(/^(ant-1.*),ant$/, '$1,'))) // eleven without a label
    expect(runCli(...args(several))).toEqual({
      status: 2,
      stdout: '',
      stderr: `cnn-codes: Expected one label for each image to count --per-class, found images with several or none in ${several}. Use --total, which counts images of all labels together.\n`,
    })
  })

  it('writes plot and tables and prints the table', async () => {
    const { data, cache } = await coded()
    const out = join(tempFolder(), 'plots')
    const { status, stdout } = runCli(
      'sweep-samples',
      '--data',
      data,
      '--cache',
      cache,
      '--per-class',
      '2,8',
      '--repeats',
      '3',
      '--out',
      out,
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(/per class +images +repeats/)
    expect(stdout).toContain(`Plot: ${join(out, 'sweep.png')}`)
    expect(readdirSync(out).sort()).toEqual(['sweep.csv', 'sweep.json', 'sweep.png', 'sweep.svg'])
    expect(readFileSync(join(out, 'sweep.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + 2 * 3)
    expect(JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8'))).toMatchObject({
      seed: 0,
      test: 12,
      points: [{ perClass: 2 }, { perClass: 8 }],
    })
  })

  it('prints one JSON object with the files', async () => {
    const { data, cache } = await coded()
    const { stdout } = runCli('sweep-samples', '--data', data, '--cache', cache, '--per-class', '2', '--json')
    const { points, seconds, files } = JSON.parse(stdout)
    expect(points).toHaveLength(1)
    expect(points[0].accuracies).toHaveLength(5)
    expect(seconds).toBeGreaterThan(0)
    expect(files).toEqual(
      ['svg', 'png', 'csv', 'json'].map((kind) => join(cache, 'sweeps', `${basename(data)}-net.onnx-flat`, `sweep.${kind}`)),
    )
  })
})
