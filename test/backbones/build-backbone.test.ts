import { describe, expect, it } from 'vitest'
import { network } from '../../src/backbones/architecture.js'
import { architectures } from '../../src/backbones/architectures.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { mobilenetv2 } from '../../src/backbones/mobilenetv2.js'
import { resnet18 } from '../../src/backbones/resnet18.js'
import { squeezenet } from '../../src/backbones/squeezenet.js'
import { filledTorch, inputImage, kerasReference } from '../helpers/backbone-reference.js'
import { expectClose } from '../helpers/expect-close.js'
import { userErrorOf } from '../helpers/thrown.js'

describe('networks', () => {
  it.each([...architectures.values()])('$name ends with its default layer, every layer named once', (architecture) => {
    const net = network(architecture, architecture.smallest)
    const names = net.layers.map(({ name }) => name)
    expect(names.at(-1)).toBe(architecture.layer)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([
    ['inceptionv3', 224, [2048, 5, 5], 21_802_784],
    ['vgg16', 224, [512, 7, 7], 14_714_688],
    ['squeezenet', 227, [512, 13, 13], 722_496],
    ['cnn7', 224, [256, 14, 14], 582_176],
    ['cnn7', 32, [256, 2, 2], 582_176],
    ['mobilenetv2', 225, [1280, 8, 8], 2_257_984],
    ['resnet18', 192, [512, 6, 6], 11_186_112],
  ])('%s at %i gives %j with %i parameters', (name, size, dims, parameters) => {
    const architecture = architectures.get(name)
    if (!architecture) throw new Error(`Expected a known network, got ${name}`)
    const net = network(architecture, size)
    const slots = net.layers.flatMap((layer) => layer.weights)
    expect(net.output.dims).toEqual(dims)
    expect(slots.reduce((sum, { shape }) => sum + shape.reduce((all, side) => all * side, 1), 0)).toBe(parameters)
  })

  it('counts multiplications: VGG16 at 224 needs 15.3 G', () => {
    const vgg16 = architectures.get('vgg16')
    const sum = vgg16 && network(vgg16).layers.reduce((all, layer) => all + layer.multiplyAdds, 0)
    expect(sum).toBe(15_346_630_656)
  })

  it.each([31, 0, 32.5])('refuses a side of %d', async (size) => {
    const error = await userErrorOf(() => network(mobilenetv2, size))
    expect(error.message).toBe(`Expected --size to be a whole number of at least 32 with mobilenetv2, got ${size}.`)
    expect(error.exitCode).toBe(2)
  })
})

describe('input rules', () => {
  const first = Object.entries(kerasReference.outputs).map(([key, { first }]) => ({ key, first }))

  it.each(first)('$key: pixels as Keras prepares them', ({ key, first }) => {
    const [name = '', size = ''] = key.split('@')
    const side = Number(size)
    const rule = architectures.get(name)?.input
    if (!rule) throw new Error(`Expected a known network, got ${name}`)
    const image = inputImage(side, rule)
    expectClose(
      first.map((_, i) => image[(i % 3) * side * side + Math.floor(i / 3)] ?? Number.NaN),
      first,
      { absolute: 2e-5 },
    )
  })
})

describe('buildBackbone', () => {
  const weights = filledTorch('resnet18')

  it('gives the default layer with its shape', () => {
    const { graph, ...rest } = buildBackbone(resnet18, weights)
    expect(rest).toMatchObject({ name: 'resnet18', layer: 'layer4', size: 224, layout: 'nchw', batch: undefined })
    expect(graph.inputs).toEqual([{ name: 'image', type: 'float32', dims: ['n', 3, 224, 224] }])
    expect(graph.outputs).toEqual([{ name: 'layer4.1', type: 'float32', dims: ['n', 512, 7, 7] }])
  })

  it('cuts at a module, whose weights alone stay, under the identity of the whole network', () => {
    const whole = buildBackbone(resnet18, weights)
    const cut = buildBackbone(resnet18, weights, { layer: 'layer1', size: 64 })
    expect(cut.graph.outputs[0]?.dims).toEqual(['n', 64, 16, 16])
    expect(cut.graph.initializers.size).toBe(25)
    expect(cut.identity).toEqual(whole.identity)
  })

  it('refuses another mean', async () => {
    const error = await userErrorOf(() => buildBackbone(resnet18, weights, { mean: [1] }))
    expect(error.message).toBe('Expected no --mean with resnet18, which has its own, got 1. Leave the option out.')
  })

  it('refuses weights of the other library', async () => {
    const error = await userErrorOf(() => buildBackbone(squeezenet, weights))
    expect(error.message).toBe(
      'Expected the weights of squeezenet to be in the layout of Keras, found a state dictionary of torch. Give a file of that layout with --weights.',
    )
  })
})
