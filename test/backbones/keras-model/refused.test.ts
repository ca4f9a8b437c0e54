import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { called, functional, inputLayer, kerasFile, layer, sequential } from './keras-file.js'

const conv = (config: object = {}) => layer('Conv2D', 'conv', { filters: 4, kernel_size: [3, 3], ...config })
const weights = { conv: [[3, 3, 3, 4], [4]] }
const one = (of: ReturnType<typeof layer>) => sequential(inputLayer(), conv(), of)

const messageOf = async (path: string) => (await userErrorOf(() => resolveBackbone(path))).message

describe('a Keras model is refused with', () => {
  it.each<[string, object, string]>([
    ['a layer that is not known', one(layer('Lambda', 'odd')), 'layer "odd" (Lambda), which this program does not know'],
    ["a layer of the user's own", one(layer('Mine>Odd', 'odd')), 'layer "odd" (Mine>Odd), which this program does not know'],
    [
      'a function that is not known',
      one(layer('TFOpLambda', 'odd', { function: 'signal.fft' })),
      'layer "odd" (TFOpLambda), which this program does not know',
    ],
    ["a model of the user's own", { class_name: 'Mine', config: {} }, 'a model of class "Mine", which only its own code can build'],
    ['no class', {}, 'a model of class unknown, which only its own code can build'],
    ['no layers', sequential(inputLayer()), 'a model without layers'],
    ['no outputs', functional([inputLayer()], { inputs: ['image'], outputs: [] }), 'a model without inputs or outputs'],
    [
      'two layers of one name',
      functional([inputLayer(), inputLayer()], { inputs: ['image'], outputs: ['image'] }),
      'two layers of one name',
    ],
    [
      'an unknown activation',
      one(layer('Activation', 'act', { activation: 'wave' })),
      'layer "act" (Activation) with the activation "wave"',
    ],
    [
      "an activation of the user's own",
      one(layer('Dense', 'fc', { units: 2, activation: { class_name: 'Mine', config: {} } })),
      'layer "fc" (Dense) with "activation": {"class_name":"Mine","config":{}}',
    ],
    [
      'channels first',
      one(layer('MaxPooling2D', 'pool', { data_format: 'channels_first' })),
      'layer "pool" (MaxPooling2D) with its channels first',
    ],
    [
      'channels first when flattened',
      one(layer('Flatten', 'flat', { data_format: 'channels_first' })),
      'layer "flat" (Flatten) with its channels first',
    ],
    ['a setting that is missing', one(layer('Conv2D', 'c', { filters: 2 })), 'layer "c" (Conv2D) with "kernel_size": not given'],
    ['a setting of another kind', one(layer('Conv2D', 'c', { filters: -1, kernel_size: 1 })), 'layer "c" (Conv2D) with "filters": -1'],
    ['far too many filters', one(layer('Conv2D', 'c', { filters: 1e9, kernel_size: 1 })), 'layer "c" (Conv2D) with "filters": 1000000000'],
    ['a threshold', one(layer('ReLU', 'r', { threshold: 0.5 })), 'layer "r" (ReLU) with a threshold of 0.5'],
    [
      'a norm of rows',
      one(layer('BatchNormalization', 'bn', { axis: 1 })),
      'layer "bn" (BatchNormalization) along another axis than that of the channels',
    ],
    [
      'statistics of rows',
      one(layer('Normalization', 'n', { axis: [1] })),
      'layer "n" (Normalization) along another axis than that of the channels',
    ],
    [
      'a mean without a variance',
      one(layer('Normalization', 'n', { mean: 0, variance: null })),
      'layer "n" (Normalization) with "mean" but no "variance"',
    ],
    [
      'a variance without a mean',
      one(layer('Normalization', 'n', { variance: [1] })),
      'layer "n" (Normalization) with "variance" but no "mean"',
    ],
    ['an inverted normalization', one(layer('Normalization', 'n', { invert: true })), 'layer "n" (Normalization) that is inverted'],
    [
      'a new shape that does not fit',
      one(layer('Reshape', 'r', { target_shape: [5, -1] })),
      'layer "r" (Reshape) from [6, 6, 4] to [5, -1]',
    ],
    ['axes that are none', one(layer('Permute', 'p', { dims: [1, 1, 2] })), 'layer "p" (Permute) of [6, 6, 4] to the axes [1, 1, 2]'],
    ['a sum of one', one(layer('Add', 'sum')), 'layer "sum" (Add) on one tensor alone'],
    [
      'a convolution of rows',
      sequential(inputLayer(), layer('Flatten', 'flat'), conv()),
      'layer "conv" (Conv2D) on a tensor of the shape [n, 192] in place of [n, h, w, channels]',
    ],
    [
      'tensors of different rank',
      functional(
        [
          inputLayer(),
          called(layer('Flatten', 'flat'), [['image', 0, 0, {}]]),
          called(layer('Add', 'sum'), [
            ['image', 0, 0, {}],
            ['flat', 0, 0, {}],
          ]),
        ],
        { inputs: ['image'], outputs: ['sum'] },
      ),
      'layer "sum" (Add) on tensors of different rank: [n, 3, 8, 8], [n, 192]',
    ],
    [
      'layers that wait for each other',
      functional(
        [
          inputLayer(),
          called(layer('Add', 'a'), [
            ['image', 0, 0, {}],
            ['b', 0, 0, {}],
          ]),
          called(layer('ReLU', 'b'), [['a', 0, 0, {}]]),
        ],
        { inputs: ['image'], outputs: ['b'] },
      ),
      'layer "a" (Add), layer "b" (ReLU) on tensors that nothing computes',
    ],
    [
      'an output that nothing computes',
      functional([inputLayer()], { inputs: ['image'], outputs: ['nowhere'] }),
      'an output of layer "nowhere" that nothing computes',
    ],
    [
      'a layer called on nothing',
      functional([inputLayer(), called(layer('ReLU', 'r'), [])], { inputs: ['image'], outputs: ['r'] }),
      'layer "r" (ReLU) on no tensors in place of one',
    ],
    ['models inside each other without end', nested(20), 'models inside each other more than 16 deep'],
  ])('%s', async (_, model, found) => {
    const path = await kerasFile(model, weights)
    expect(await messageOf(path)).toBe(
      `Expected ${path} to be a model of ordinary layers, found ${found}. Export it to ONNX and give the .onnx file to --model.`,
    )
  })

  function nested(depth: number): object {
    return depth === 0 ? sequential(inputLayer(), conv()) : sequential(nested(depth - 1))
  }

  it.each<[string, Readonly<Record<string, readonly (readonly number[])[]>>, string]>([
    ['a layer that is missing', {}, 'no weights of layer "conv" in it, which takes kernel [3, 3, 3, 4], bias [4]'],
    [
      'a weight that is missing',
      { conv: [[3, 3, 3, 4]] },
      '1 weight of layer "conv" in it ([3, 3, 3, 4]), which takes kernel [3, 3, 3, 4], bias [4]',
    ],
    ['another shape', { conv: [[3, 3, 3, 5], [4]] }, 'kernel of layer "conv" in the shape [3, 3, 3, 5] in place of [3, 3, 3, 4]'],
  ])('%s among its weights', async (_, shapes, found) => {
    const path = await kerasFile(sequential(inputLayer(), conv()), shapes)
    expect(await messageOf(path)).toContain(
      `Expected ${path} to be a model of ordinary layers, found ${found}. Save it again, or export it to ONNX`,
    )
  })

  it('another number of weights in a model inside', async () => {
    const inner = { ...sequential(inputLayer(), conv()), config: { ...sequential(inputLayer(), conv()).config, name: 'inner' } }
    const path = await kerasFile(sequential(inputLayer(), inner), { inner: [[3, 3, 3, 4]] })
    expect(await messageOf(path)).toContain('found 1 weight of layer "inner" (Sequential) in it, which takes 2.')
  })

  it.each<[string, object, string]>([
    ['grey images', sequential(inputLayer([null, 28, 28, 1]), conv()), '3 channels, [n, h, w, 3]; found "image" [?, 28, 28, 1].'],
    ['rows', sequential(inputLayer([null, 4]), conv()), '3 channels, [n, h, w, 3]; found "image" [?, 4].'],
    ['channels first', sequential(inputLayer([null, 3, 28, 28]), conv()), '3 channels, [n, h, w, 3]; found "image" [?, 3, 28, 28].'],
    [
      'two inputs',
      functional([inputLayer(), inputLayer([null, 5], 'extra')], { inputs: ['image', 'extra'], outputs: ['image'] }),
      '3 channels, [n, h, w, 3]; found "image" [?, 8, 8, 3], "extra" [?, 5].',
    ],
  ])('%s for images', async (_, model, found) => {
    const path = await kerasFile(model, weights)
    expect(await messageOf(path)).toBe(`Expected ${path} to take one batch of images of ${found}`)
  })

  it('images that are not square', async () => {
    const path = await kerasFile(sequential(inputLayer([null, 8, 9, 3]), conv()), weights)
    expect(await messageOf(path)).toBe(`Expected ${path} to take square images, found "image" [?, 8, 9, 3].`)
  })

  it('no size, one that the file does not have, weights of another file, a layer that is not there', async () => {
    const free = await kerasFile(sequential(inputLayer([null, null, null, 3]), conv()), weights)
    expect(await messageOf(free)).toBe(
      `Expected --size for ${free}, whose input has no fixed height and width, got none. Add --size 224 or what it was trained with.`,
    )
    const path = await kerasFile(sequential(inputLayer(), conv()), weights)
    const refused = async (options: object) => (await userErrorOf(() => resolveBackbone(path, options))).message
    expect(await refused({ size: 9 })).toBe(`Expected --size to be 8, which ${path} fixes, got 9. Leave the option out.`)
    expect(await refused({ weights: 'w.h5' })).toBe(
      'Expected no --weights with model.h5, which has its own, got w.h5. Leave the option out.',
    )
    expect(await refused({ layer: 'fc' })).toBe(
      'Expected --layer to be one of the 1 layers of the model, got "fc". The last ones are: conv.',
    )
    expect((await userErrorOf(() => resolveBackbone(free, { size: 2 }))).message).toBe(
      'Expected --size to leave layer "conv" at least 3 × 3 of its input, got 2 × 2. Use a larger --size.',
    )
  })
})
