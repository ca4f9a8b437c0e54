import { describe, expect, it } from 'vitest'
import { type Network, network } from '../../src/backbones/architecture.js'
import { matchKerasWeights } from '../../src/backbones/keras-weights.js'
import { resnet18 } from '../../src/backbones/resnet18.js'
import { resnet50 } from '../../src/backbones/resnet50.js'
import { matchTorchWeights } from '../../src/backbones/torch-weights.js'
import { vgg16 } from '../../src/backbones/vgg16.js'
import type { KerasWeights, StateDict } from '../../src/weights/weights.js'
import { kerasReference } from '../helpers/backbone-reference.js'
import { userErrorOf } from '../helpers/thrown.js'

const advice = 'Check that the file belongs to this network and is without its top.'
const empty = (shape: readonly number[]) => new Float32Array(shape.reduce((all, side) => all * side, 1))

/** Blank weights that fit. */
function kerasWeights({ layers }: Network): KerasWeights {
  return layers.map(({ name, weights }) => ({
    layer: name,
    weights: weights.map(({ name, shape }) => ({ name, shape, data: empty(shape) })),
  }))
}

function torchWeights({ layers }: Network): StateDict {
  const slots = layers.flatMap((layer) => layer.weights.map(({ name, shape }) => ({ name: `${layer.name}.${name}`, shape })))
  return new Map(slots.map(({ name, shape }) => [name, { name, shape, data: empty(shape) }]))
}

describe('matchKerasWeights', () => {
  const net = network(vgg16, 32)
  const fitting = kerasWeights(net)

  it('matches by order, whatever the names, layers without weights between', () => {
    const renamed = fitting.map((layer, at) => ({ ...layer, layer: `layer${at}` }))
    const matched = matchKerasWeights(net, renamed)
    expect(matched.size).toBe(13)
    expect(matched.get('block5_conv3')?.[0]).toBe(fitting.find(({ layer }) => layer === 'block5_conv3')?.weights[0]?.data)
  })

  it('matches files of Keras 3 by class and number, whatever their order', () => {
    const resnet = network(resnet50, 32)
    const counts = new Map<string, number>()
    const named = (kerasReference.layers.resnet50 ?? []).map(([layer, weights]) => {
      const kind = layer.endsWith('_bn') ? 'batch_normalization' : 'conv2d'
      const count = counts.get(kind) ?? 0
      counts.set(kind, count + 1)
      const data = weights.map(([, shape], at) => ({ name: String(at), shape, data: empty(shape) }))
      return { layer, file: { layer: `functional/${kind}${count === 0 ? '' : `_${count}`}`, weights: data } }
    })
    const files = named.map(({ file }) => file).sort((a, b) => (a.layer < b.layer ? -1 : 1))
    const matched = matchKerasWeights(resnet, files)
    for (const { layer, file } of named) expect(matched.get(layer)?.[0], layer).toBe(file.weights[0]?.data)
  })

  it.each([
    [
      'a weight of another shape',
      fitting.map((layer) =>
        layer.layer === 'block1_conv2'
          ? {
              ...layer,
              layer: 'conv2d',
              weights: [{ name: 'k', shape: [3, 3, 64, 32], data: empty([3, 3, 64, 32]) }, ...layer.weights.slice(1)],
            }
          : layer,
      ),
      'kernel of layer "block1_conv2" (in the file "conv2d") in the shape [3, 3, 64, 64], found [3, 3, 64, 32]',
    ],
    ['a layer missing at the end', fitting.slice(0, -2), 'layer "block5_conv3", found none in its place'],
    [
      'a layer missing inside',
      fitting.filter(({ layer }) => layer !== 'block1_conv2'),
      'kernel of layer "block1_conv2" (in the file "block2_conv1") in the shape [3, 3, 64, 64], found [3, 3, 64, 128]',
    ],
    [
      'a surplus layer',
      [...fitting, { layer: 'predictions', weights: [{ name: 'kernel', shape: [1], data: empty([1]) }] }],
      '13 layers with weights, found 14, the surplus ones "predictions"',
    ],
    [
      'a layer without its bias',
      fitting.map((layer) => ({ ...layer, weights: layer.weights.slice(0, 1) })),
      '2 weights in layer "block1_conv1": [3, 3, 3, 64], [64], found 1: [3, 3, 3, 64]',
    ],
  ])('refuses %s', async (_, weights, message) => {
    const error = await userErrorOf(() => matchKerasWeights(net, weights))
    expect(error.message).toBe(`Expected the weights of vgg16 to have ${message}. ${advice}`)
  })
})

describe('matchTorchWeights', () => {
  const net = network(resnet18, 32)
  const fitting = torchWeights(net)

  it('matches by name; counters and the classifier may be there', () => {
    const whole = new Map([
      ...fitting,
      ['fc.weight', { name: 'fc.weight', shape: [1], data: empty([1]) }],
      ['bn1.num_batches_tracked', { name: '', shape: [], data: empty([]) }],
    ])
    expect(matchTorchWeights(net, whole).get('layer1.0.conv1')?.[0]).toBe(fitting.get('layer1.0.conv1.weight')?.data)
  })

  it.each([
    [
      'a tensor missing',
      new Map([...fitting].filter(([name]) => name !== 'layer2.0.bn1.running_var')),
      'layer2.0.bn1.running_var of layer "layer2.0.bn1" in the shape [128], found no such tensor',
    ],
    [
      'a tensor of another shape',
      new Map([...fitting, ['conv1.weight', { name: 'conv1.weight', shape: [64, 3, 3, 3], data: empty([64, 3, 3, 3]) }]]),
      'conv1.weight of layer "conv1" in the shape [64, 3, 7, 7], found [64, 3, 3, 3]',
    ],
    [
      'a surplus tensor',
      new Map([...fitting, ['layer5.weight', { name: 'layer5.weight', shape: [1], data: empty([1]) }]]),
      '100 tensors, found also layer5.weight',
    ],
  ])('refuses %s', async (_, weights, message) => {
    const error = await userErrorOf(() => matchTorchWeights(net, weights))
    expect(error.message).toBe(`Expected the weights of resnet18 to have ${message}. ${advice}`)
  })
})
