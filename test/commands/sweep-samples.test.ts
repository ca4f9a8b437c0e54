import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { solverNames } from '../../src/evaluate/head-options.js'
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
    [['--target', '95'], 'Expected --target to be an accuracy above 0 and below 1, such as 0.95, got "95".'],
    [['--pool', 'none,mean'], 'Expected --pool to be a list of none, avg, max, concat, got "mean".'],
    [['--solver', 'newton'], `Expected --solver to be a list of auto, ${solverNames.join(', ')}, got "newton".`],
    [['--total', '5,max'], 'Expected --total to be a whole number above 0, got "max".'],
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

  it('sweeps several series, tests them and tells what a target needs', async () => {
    const { data, cache } = await coded()
    const args = ['--pool', 'none', '--pool', 'avg,max', '--per-class', '2,4,8,max', '--repeats', '3', '--target', '0.8', '--quiet']
    const { status, stdout } = runCli('sweep-samples', '--data', data, '--cache', cache, ...args)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^series +per class +images/)
    expect(stdout).toMatch(/\nnet\.onnx · max +13 /)
    expect(stdout).toMatch(/\nseries +less +per class +points/)
    expect(stdout).toMatch(/\nnet\.onnx · avg: 80 % /)
  })

  it('tells byte-equal images in two classes', async () => {
    const { data, cache, files } = await coded()
    const catalog = openCatalog(cache)
    const twin = files.map((file) => (file.path === 'bee/1.png' ? { ...file, image: files[0]?.image } : file))
    catalog.files.keepFiles(catalog.files.findDataset(data) ?? 0, twin)
    catalog.close()
    const { stderr } = runCli('sweep-samples', '--data', data, '--cache', cache, '--per-class', '2', '--repeats', '1')
    expect(stderr).toContain('Left out, byte-equal images in several classes: ant/0.png, bee/1.png\n')
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
