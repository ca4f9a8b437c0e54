import { describe, expect, it } from 'vitest'
import { imageFolder } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const data = await imageFolder({ dark: 10, bright: 10 })
const compare = (...args: readonly string[]) => runCli('models', 'compare', '--data', data, '--model', model, ...args)

describe('models compare', () => {
  it('prints a table, or one JSON object', () => {
    const cache = tempFolder()
    const text = compare('--cache', cache, '--quiet', '--layer', 'conv', '--layer', 'y')
    expect([text.stderr, text.status]).toEqual(['', 0])
    const lines = text.stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines[0]).toEqual([
      'model',
      'layer',
      'resize',
      'decoder',
      'precision',
      'numbers',
      'cosine',
      'least',
      'accuracy',
      'images/s',
      'forward ms',
      'disk',
    ])
    expect(lines.slice(2, 6).map((cells) => cells.slice(1, 6))).toEqual([
      ['conv', 'squish', 'exact', 'float32', '144'],
      ['conv', 'squish', 'exact', 'int8', '144'],
      ['y', 'squish', 'exact', 'float32', '144'],
      ['y', 'squish', 'exact', 'int8', '144'],
    ])
    expect(text.stdout).toContain('Accuracy: a softmax head on avg-pooled codes, 6 test images of 2 classes, seed 0.')
    const json = compare('--cache', cache, '--json', '--quiet', '--precision', 'int8,float32', '--pool', 'none')
    expect([json.stderr, json.status]).toEqual(['', 0])
    const { compared, pool } = JSON.parse(json.stdout)
    expect(pool).toBe('none')
    expect(compared.map(({ precision, cosine }: { precision: string; cosine: object | null }) => [precision, cosine === null])).toEqual([
      ['int8', true],
      ['float32', false],
    ])
  })

  it.each([
    [['--precision', 'int4'], 'Expected --precision to be a list of float32, int8, got "int4".'],
    [['--pool', 'mean'], 'Invalid values:'],
  ])('refuses %s', (args, message) => {
    const run = compare('--cache', tempFolder(), ...args)
    expect([run.status, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toContain(message)
  })
})
