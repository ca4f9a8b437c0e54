import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { tf } from '../../helpers/tfjs.js'
import { fillModel, imageTensor, partsOf, writeTfjs } from '../../helpers/tfjs-model.js'

const { layers } = tf
type Symbolic = tf.SymbolicTensor

/** The tensor that a layer gives. */
function on(x: Symbolic | Symbolic[], layer: tf.layers.Layer): Symbolic {
  const output = layer.apply(x)
  if (output instanceof tf.SymbolicTensor) return output
  throw new Error(`no single tensor from ${layer.name}`)
}

/** A model of one input whose outputs are all that `build` names. */
function modelOf(build: (image: Symbolic) => Readonly<Record<string, Symbolic>>, side: number | null = 16) {
  const image = tf.input({ shape: [side, side, 3], name: 'image' })
  const outputs = build(image)
  return { names: Object.keys(outputs), model: fillModel(tf.model({ inputs: image, outputs: Object.values(outputs) })) }
}

/** One output at a time: tfjs 4.22 throws tensors away that two outputs need. */
function predicted(model: tf.LayersModel, at: number, side: number): tf.Tensor {
  const output = tf.model({ inputs: model.inputs, outputs: model.outputs.slice(at, at + 1) }).predict(imageTensor(side))
  if (output instanceof tf.Tensor) return output
  throw new Error('no single tensor')
}

/** Expects that each output of the model is what tfjs gives, from a file of so many shards. */
async function check(
  { names, model }: ReturnType<typeof modelOf>,
  { shards = 1, side = 16, size }: { shards?: number; side?: number; size?: number } = {},
) {
  const path = writeTfjs(await partsOf(model), shards)
  for (const [at, layer] of names.entries()) {
    const { data, dims } = await runBackbone(await resolveBackbone(path, { layer, size }))
    const wanted = predicted(model, at, side)
    expect(dims, layer).toEqual(wanted.shape)
    const values = await wanted.data()
    const largest = Math.max(...Array.from(values, Math.abs))
    expectClose(data, values, { relative: 1e-4, absolute: 1e-5 * largest })
  }
}

describe('a layers model of tfjs gives what tfjs gives', () => {
  it('convolutions, norms and pools, in three shards', async () => {
    const model = modelOf((image) => {
      const scaled = on(image, layers.rescaling({ scale: 1 / 127.5, offset: -1, name: 'scaled' }))
      const padded = on(
        scaled,
        layers.zeroPadding2d({
          padding: [
            [1, 2],
            [3, 0],
          ],
          name: 'padded',
        }),
      )
      const conv = on(padded, layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', name: 'conv' }))
      const dilated = on(
        conv,
        layers.conv2d({ filters: 8, kernelSize: [3, 1], dilationRate: 2, padding: 'same', useBias: false, name: 'dilated' }),
      )
      const norm = on(dilated, layers.batchNormalization({ epsilon: 0.01, name: 'norm' }))
      const noGamma = on(norm, layers.batchNormalization({ scale: false, name: 'no_gamma' }))
      const depthwise = on(
        noGamma,
        layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'hardSigmoid', name: 'depthwise' }),
      )
      const separable = on(
        depthwise,
        layers.separableConv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'swish', name: 'separable' }),
      )
      const max = on(separable, layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same', name: 'max' }))
      const average = on(separable, layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same', name: 'average' }))
      const cropped = on(
        average,
        layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
          name: 'cropped',
        }),
      )
      return { scaled, padded, conv, dilated, norm, no_gamma: noGamma, depthwise, separable, max, average, cropped }
    })
    await check(model, { shards: 3 })
  })

  it('activations and merges', async () => {
    const names = ['relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'softmax', 'mish', 'gelu'] as const
    const model = modelOf((image) => {
      const x = on(on(image, layers.rescaling({ scale: 1 / 64, offset: -2 })), layers.conv2d({ filters: 4, kernelSize: 1 }))
      const y = on(x, layers.reLU({ maxValue: 2, name: 'relu' }))
      const activated = names.map(
        (name) => [`activation_${name}`, on(x, layers.activation({ activation: name, name: `activation_${name}` }))] as const,
      )
      return {
        relu: y,
        leaky: on(x, layers.leakyReLU({ alpha: 0.25, name: 'leaky' })),
        prelu: on(x, layers.prelu({ sharedAxes: [1, 2], name: 'prelu' })),
        prelu_each: on(x, layers.prelu({ name: 'prelu_each' })),
        elu: on(x, layers.elu({ name: 'elu' })),
        softmax: on(x, layers.softmax({ axis: -1, name: 'softmax' })),
        ...Object.fromEntries(activated),
        add: on([x, y, x], layers.add({ name: 'add' })),
        multiply: on([x, y], layers.multiply({ name: 'multiply' })),
        mean: on([x, y, y], layers.average({ name: 'mean' })),
        maximum: on([x, y], layers.maximum({ name: 'maximum' })),
        minimum: on([x, y], layers.minimum({ name: 'minimum' })),
        concatenate: on([x, y], layers.concatenate({ name: 'concatenate' })),
      }
    })
    await check(model)
  })

  it('rows and shapes, at a size that the model leaves free', async () => {
    const model = modelOf((image) => {
      const map = on(on(image, layers.rescaling({ scale: 1 / 255 })), layers.conv2d({ filters: 4, kernelSize: 3, strides: 4, name: 'map' }))
      const pooled = on(map, layers.globalAveragePooling2d({ name: 'pooled' }))
      const most = on(map, layers.globalMaxPooling2d({ name: 'most' }))
      const dense = on(pooled, layers.dense({ units: 8, activation: 'tanh', name: 'dense' }))
      const shaped = on(dense, layers.reshape({ targetShape: [2, 2, 2], name: 'shaped' }))
      const turned = on(shaped, layers.permute({ dims: [3, 1, 2], name: 'turned' }))
      const flat = on(turned, layers.flatten({ name: 'flat' }))
      const noisy = on(on(flat, layers.dropout({ rate: 0.5 })), layers.gaussianNoise({ stddev: 1, name: 'noisy' }))
      return { map, pooled, most, dense, shaped, turned, flat, noisy }
    }, null)
    await check(model, { side: 20, size: 20 })
  })

  it('models inside the model and layers used twice', async () => {
    const model = modelOf((image) => {
      const block = tf.sequential({ name: 'block' })
      block.add(layers.conv2d({ inputShape: [16, 16, 3], filters: 3, kernelSize: 3, padding: 'same', activation: 'tanh', name: 'conv' }))
      block.add(layers.batchNormalization({ name: 'norm' }))
      const shared = layers.conv2d({ filters: 3, kernelSize: 1, name: 'shared' })
      const once = on(on(image, layers.rescaling({ scale: 1 / 255 })), block)
      const twice = on(once, block)
      return { block: once, 'block:1': twice, shared: on(once, shared), 'shared:1': on(twice, shared) }
    })
    await check(model)
  })

  it('a Sequential model', async () => {
    const model = tf.sequential()
    model.add(layers.conv2d({ inputShape: [12, 12, 3], filters: 4, kernelSize: 3, name: 'conv' }))
    model.add(layers.flatten({ name: 'flat' }))
    model.add(layers.dense({ units: 3, name: 'top' }))
    await check({ names: ['top'], model: fillModel(model) }, { side: 12 })
  })
})
