import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { called, functional, inputLayer, kerasFile, layer, sequential } from './keras-file.js'

const conv = layer('Conv2D', 'conv', { filters: 2, kernel_size: [8, 8] })
const shaped = layer('Conv2D', 'conv', { filters: 2, kernel_size: [8, 8], batch_input_shape: [null, 8, 8, 3] })
const weights = { conv: [[8, 8, 3, 2], [2]] }
const image = ['image', 0, 0, {}]

const outputOf = async (model: object, options: { version?: string; size?: number } = {}) => {
  const backbone = await resolveBackbone(await kerasFile(model, weights, options.version), { size: options.size })
  const { data } = await runBackbone(backbone)
  return [...data]
}

/** The convolution of the image with 0.5 everywhere. */
const sum = () => outputOf(sequential(inputLayer(), conv))

describe('files of older versions of Keras', () => {
  it.each<[string, object]>([
    ['a Sequential model without an input, whose first layer tells the shape', sequential(shaped)],
    ['a Sequential model that is a bare list', { class_name: 'Sequential', config: [shaped] }],
    [
      'a Sequential model that tells the shape itself',
      { class_name: 'Sequential', config: { layers: [conv], build_input_shape: [null, 8, 8, 3] } },
    ],
    [
      'a Sequential model that was built late',
      { class_name: 'Sequential', config: { layers: [conv] }, build_config: { input_shape: [null, 8, 8, 3] } },
    ],
    ['a Sequential model that begins with another one', sequential(sequential(inputLayer()), shaped)],
    [
      'a Functional model under its old name',
      { ...functional([inputLayer(), called(conv, [image])], { inputs: ['image'], outputs: ['conv'] }), class_name: 'Model' },
    ],
    [
      'a single end without a list',
      {
        class_name: 'Functional',
        config: {
          layers: [inputLayer(), called(conv, [image])].map((each) => ({ name: each.config.name, ...each })),
          input_layers: ['image', 0, 0],
          output_layers: ['conv', 0, 0],
        },
      },
    ],
  ])('%s', async (_, model) => {
    expect(await outputOf(model)).toEqual(await sum())
  })

  it('a model that tells no shape takes the size asked for', async () => {
    const path = await kerasFile(sequential(conv), weights)
    expect((await runBackbone(await resolveBackbone(path, { size: 9 }))).dims).toEqual([1, 2, 2, 2])
  })

  const lambda = (name: string, of: string) => layer('TFOpLambda', name, { function: of })
  const through = (...layers: readonly ReturnType<typeof called>[]) =>
    functional([inputLayer(), called(conv, [image]), ...layers], { inputs: ['image'], outputs: [layers.at(-1)?.name ?? ''] })
  const on = (...rest: readonly unknown[]) => ['conv', 0, 0, ...rest]
  it.each<[string, ReturnType<typeof called>[], (x: number) => number]>([
    ['x − 1', [called(lambda('f', 'math.subtract'), on({ y: 1, name: null }))], (x) => x - 1],
    ['x / [2, 4]', [called(lambda('f', 'math.truediv'), on({ y: [2, 4] }))], (x) => x],
    ['1 − x', [called(lambda('f', 'math.subtract'), ['_CONSTANT_VALUE', -1, 1, { y: ['conv', 0, 0], name: null }])], (x) => 1 - x],
    ['x · x', [called(lambda('f', 'math.multiply'), on({ y: ['conv', 0, 0] }))], (x) => x * x],
    ['x + 3', [called(lambda('f', '__operators__.add'), on({ y: 3 }))], (x) => x + 3],
    [
      'relu(3 − x)',
      [
        called(lambda('g', 'math.subtract'), ['_CONSTANT_VALUE', -1, 3, { y: ['conv', 0, 0] }]),
        called(lambda('f', 'nn.relu'), ['g', 0, 0, {}]),
      ],
      (x) => Math.max(3 - x, 0),
    ],
  ])('functions of TensorFlow: %s', async (name, layers, expected) => {
    const divided = (values: number[]) => (name.startsWith('x /') ? values.map((x, at) => x / (at === 0 ? 2 : 4)) : values)
    expect(await outputOf(through(...layers))).toEqual(divided((await sum()).map(expected)).map(Math.fround))
  })

  it.each<[number | readonly number[], number | readonly number[], (x: number, channel: number) => number]>([
    [0, 1, (x) => x],
    [0, 4, (x) => x / 2],
    [1, 0, (x) => (x - 1) / 1e-7],
    [[0, 2], [1, 4], (x, c) => (c === 0 ? x : (x - 2) / 2)],
    [[0, 2], 1, (x, c) => x - 2 * c],
  ])('Normalization with mean %j and variance %j', async (mean, variance, expected) => {
    const found = await outputOf(sequential(inputLayer(), conv, layer('Normalization', 'n', { mean, variance })))
    expectClose(found, (await sum()).map(expected), { relative: 1e-6 })
  })

  it.each([
    ['2.15.0', 0.2],
    ['', 0.2],
    ['3.0.0', 1 / 6],
  ])('hard_sigmoid by the version "%s"', async (version, slope) => {
    const model = sequential(
      inputLayer(),
      conv,
      layer('Rescaling', 'small', { scale: 1e-6 }),
      layer('Activation', 'act', { activation: 'hard_sigmoid' }),
    )
    const [found = 0] = await outputOf(model, { version })
    expect(found).toBeCloseTo(((await sum())[0] ?? 0) * 1e-6 * slope + 0.5, 6)
  })
})
