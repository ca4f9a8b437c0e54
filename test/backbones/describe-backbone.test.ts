import { describe, expect, it } from 'vitest'
import type { BackboneOptions } from '../../src/backbones/backbone.js'
import { describeBackbone } from '../../src/backbones/describe-backbone.js'
import { describeGraph } from '../../src/backbones/describe-graph.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, integers, modelFile, noise, tensor, value } from '../helpers/tiny-graph.js'

describe('describeBackbone of a network by name', () => {
  it('needs no weights', async () => {
    const { layers, ...facts } = await describeBackbone('vgg16', { size: 64 })
    expect(facts).toEqual({
      name: 'vgg16',
      size: 64,
      layer: 'block5_pool',
      codeShape: [2, 2, 512],
      codeLength: 2048,
      parameters: 14_714_688,
      multiplyAdds: 1_252_786_176,
      input: { order: 'bgr', mean: [123.68, 116.779, 103.939], scale: [1, 1, 1] },
    })
    expect(layers.length).toBe(18)
    expect(layers[1]).toEqual({
      name: 'block1_conv2',
      kind: 'conv2d',
      shape: [64, 64, 64],
      parameters: 36_928,
      multiplyAdds: 150_994_944,
    })
  })

  it('stops at the layer that is asked for', async () => {
    const { layers, ...facts } = await describeBackbone('resnet18', { layer: 'layer1' })
    expect(facts).toMatchObject({ layer: 'layer1', codeShape: [56, 56, 64], codeLength: 200_704, parameters: 158_144 })
    expect(layers.at(-1)?.name).toBe('layer1')
  })

  it('does not know the shape inside a layer of two nodes', async () => {
    const facts = await describeBackbone('xception', { layer: 'block2_sepconv1:depthwise' })
    expect(facts).toMatchObject({ layer: 'block2_sepconv1:depthwise', codeShape: null, codeLength: null })
  })

  it.each<[string, BackboneOptions]>([
    ['squeezenet', {}],
    ['mobilenetv2', { size: 97 }],
    ['resnet18', { size: 65, layer: 'layer2.0' }],
    ['densenet121', { size: 64, layer: 'pool3_pool' }],
  ])('tells of %s %j what running the graph tells', async (name, options) => {
    const described = await describeBackbone(name, options)
    const { layers, ...run } = await describeGraph(await resolveBackbone(name, { ...options, weights: 'random' }))
    expect(run).toEqual({ ...described, layers: undefined })
    const shapes = new Map(layers.map((layer) => [layer.name, layer.shape]))
    for (const layer of described.layers) expect(shapes.get(layer.name), layer.name).toEqual(layer.shape)
  })

  it('refuses what codes refuses', async () => {
    expect((await userErrorOf(() => describeBackbone('vgg16', { layer: 'fc1' }))).message).toMatch(/^Expected --layer to be one of the/)
    expect((await userErrorOf(() => describeBackbone('vgg16', { mean: [1] }))).message).toMatch(/^Expected no --mean with vgg16/)
    expect((await userErrorOf(() => describeBackbone('vgg99'))).message).toMatch(/^Expected --model to be one of/)
  })
})

describe('describeBackbone of a model file', () => {
  const facts = (graph: Graph, options?: BackboneOptions) => describeBackbone(modelFile(graph), options)
  const int = (value: number) => ({ kind: 'int', value }) as const

  it('runs it on a blank image', async () => {
    expect(await facts(convolution())).toEqual({
      name: 'net.onnx',
      size: 8,
      layer: 'y',
      codeShape: [6, 6, 4],
      codeLength: 144,
      parameters: 112,
      multiplyAdds: 6 * 6 * 4 * 27,
      input: { order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] },
      layers: [
        { name: 'conv', kind: 'Conv', shape: [6, 6, 4], parameters: 112, multiplyAdds: 3888 },
        { name: 'y', kind: 'Relu', shape: [6, 6, 4], parameters: 0, multiplyAdds: 0 },
      ],
    })
  })

  it('counts the weights of matrix products, those that other nodes prepare, and shared ones once', async () => {
    const nodes = [
      node('Cast', 'w', ['w16'], { to: int(1) }),
      node('Reshape', 'flat', ['image', 'to']),
      node('MatMul', 'first', ['flat', 'w']),
      node('Gemm', 'second', ['first', 'v', 'b'], { transB: int(1) }),
      node('Gemm', 'third', ['first', 'v', 'b'], { transB: int(1) }),
      node('Add', 'y', ['second', 'third']),
    ]
    const { layers, ...all } = await facts(graphOf(nodes, { w16: noise([192, 5]), v: noise([7, 5]), b: noise([7]), to: integers(-1, 192) }))
    expect(all).toMatchObject({ codeShape: [7], codeLength: 7, parameters: 192 * 5 + 35 + 7, multiplyAdds: 192 * 5 + 35 + 35 })
    expect(layers.map(({ name, parameters, multiplyAdds }) => [name, parameters, multiplyAdds])).toEqual([
      ['flat', 0, 0],
      ['first', 960, 960],
      ['second', 42, 35],
      ['third', 42, 35],
      ['y', 0, 0],
    ])
  })

  it('tells the shapes of a network that takes images channels last, and fixed batches', async () => {
    const input = value('image', [2, 8, 8, 3])
    const { codeShape, layers } = await facts(graphOf([node('Relu', 'y', ['image'])], {}, { inputs: [input] }))
    expect([codeShape, layers[0]?.shape]).toEqual([
      [8, 8, 3],
      [8, 8, 3],
    ])
  })

  it('tells the last shape alone where the engine keeps others to itself', async () => {
    const nodes = [node('SequenceConstruct', 'list', ['image', 'image']), node('ConcatFromSequence', 'y', ['list'], { axis: int(1) })]
    const { codeShape, layers } = await facts(graphOf(nodes, {}))
    expect([codeShape, layers.map(({ shape }) => shape)]).toEqual([
      [8, 8, 6],
      [null, [8, 8, 6]],
    ])
  })

  it('says why the engine refuses it', async () => {
    const graph = graphOf([node('Conv', 'y', ['image', 'w'])], { w: tensor([1, 3, 9, 9], Array(243).fill(0)) })
    expect((await userErrorOf(() => facts(graph))).message).toMatch(
      /^Expected net\.onnx to run on a blank image of 8 × 8, but the engine refuses it: .+\. Check --size\.$/,
    )
  })
})
