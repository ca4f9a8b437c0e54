import { describe, expect, it } from 'vitest'
import { imageFolder } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const data = await imageFolder({ a: 6, b: 6 })
const views = ['--views', '3', '--augment', 'flip, rotate:30']

describe('codes --views refuses', () => {
  it.each([
    [['--views', '0'], 'Expected --views to be a whole number above 0, got "0".'],
    [
      ['--views', '2'],
      'Expected --views to be 1 without --augment, which makes the others, got 2. Give --augment keras, fastai or a list of steps.',
    ],
    [['--augment', 'flip', '--augment', 'vflip', '--views', '2'], 'Expected --augment to be given once, got "flip and vflip".'],
    [['--augment-seed', 'x', ...views], 'Expected --augment-seed to be a whole number, 0 or more, got "x".'],
    [
      ['--views', '2', '--augment', 'flip,rotat:3'],
      'Expected --augment to be a list of flip, vflip, zoom, shift, rotate, crop, brightness, lighting, or keras or fastai, at character 6, got "rotat:3".',
    ],
  ])('%j', (args, message) => {
    const { status, stderr } = runCli('codes', '--data', data, '--cache', tempFolder(), '--model', model, ...args)
    expect([status, stderr.trim()]).toEqual([2, `cnn-codes: ${message}`])
  })
})

describe('commands with views', () => {
  it('plan, make, list, train on, and remove them', () => {
    const cache = tempFolder()
    const usual = ['--data', data, '--cache', cache]
    const json = (...args: readonly string[]) => JSON.parse(runCli(...args, '--json').stdout)
    const plan = runCli('codes', ...usual, '--model', model, ...views, '--plan')
    expect(plan.stdout).toMatch(/^12 images: 0 in the cache, 12 to compute \(36 codes of 3 views\)\.\n/)

    const made = runCli('codes', ...usual, '--model', model, ...views, '--quiet')
    expect(made.stdout).toContain('; 3 views by flip,rotate:30, 36 codes computed\n')
    expect(made.stdout).toContain(`Next: npm run train-head -- --data ${data} --cache ${cache} --views 3`)
    const again = json('codes', ...usual, '--model', model, ...views)
    expect(again).toMatchObject({ images: 12, computed: 0, cached: 12, augment: { spec: 'flip,rotate:30', seed: 0 } })
    expect(again.views.map(({ view, computed, cached }: Record<string, number>) => [view, computed, cached])).toEqual([
      [0, 0, 12],
      [1, 0, 12],
      [2, 0, 12],
    ])

    expect(runCli('cache', 'list', '--cache', cache).stdout).toMatch(/flip,rotate:30 +2/)
    const trained = json('train-head', ...usual, '--views', '3', '--augment', 'rotate:30,flip', '--tta')
    expect(trained.settings).toMatchObject({ views: 3, augment: 'flip,rotate:30', testViews: 3 })
    expect(json('train-head', ...usual).settings.views).toBeUndefined()

    expect(json('cache', 'remove', '--cache', cache, '--view', '2')).toMatchObject({ images: 12, kinds: [{ view: 2 }] })
    const { status, stderr } = runCli('train-head', ...usual, '--views', '3')
    expect([status, stderr]).toEqual([1, expect.stringContaining('Expected 3 views of each image, found 2 with the plain one.')])
  })
})
