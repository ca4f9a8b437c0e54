import type { onnx } from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { cutAt, layerNames, resolveLayer } from '../../src/graph/cut.js'
import { type Node, node } from '../../src/graph/graph.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, noise, value } from '../helpers/tiny-graph.js'

/** image → conv → (relu → y, other): `relu` is the node's name, `relu_out` its tensor; `split` has two outputs. */
const graph = graphOf(
  [
    node('Conv', 'conv', ['image', 'w']),
    { ...node('Relu', 'relu', ['conv']), outputs: ['relu_out'] },
    { ...node('Sigmoid', '', ['conv']), outputs: ['unnamed_out'] },
    { ...node('Split', 'split', ['relu_out']), outputs: ['left', 'right'] },
    node('Add', 'y', ['left', 'b']),
  ],
  { w: noise([4, 3, 3, 3]), b: noise([1]), unused: noise([1]) },
  { outputs: [value('y', ['n', 2, 6, 6])] },
)

describe('cutAt', () => {
  it('refuses an unknown layer, naming the last ones', async () => {
    const error = await userErrorOf(() => cutAt(graph, 'fc'))
    expect(error.message).toBe(
      'Expected --layer to be one of the 5 layers of the model, got "fc". The last ones are: conv, relu, unnamed_out, split, y.',
    )
    expect(error.exitCode).toBe(2)
  })

  it('counts and names no nodes that only compute constants', async () => {
    const nodes = [
      node('Cast', 'w_full', ['w']),
      node('Conv', 'conv', ['image', 'w_full']),
      node('Constant', 'one', []),
      node('Neg', 'minus', ['one']),
      node('Add', 'y', ['conv', 'minus']),
    ]
    const error = await userErrorOf(() => cutAt(graphOf(nodes, { w: noise([4, 3, 3, 3]) }), 'fc'))
    expect(error.message).toBe('Expected --layer to be one of the 2 layers of the model, got "fc". The last ones are: conv, y.')
  })

  it.each([
    ["a node's name", 'relu', 'relu_out', ['conv', 'relu']],
    ["a tensor's name", 'relu_out', 'relu_out', ['conv', 'relu']],
    ['an unnamed node by its output', 'unnamed_out', 'unnamed_out', ['conv', 'unnamed_out']],
    ['a second output', 'right', 'right', ['conv', 'relu', 'split']],
    ["a node's name: its first output", 'split', 'left', ['conv', 'relu', 'split']],
    ['the end', 'y', 'y', ['conv', 'relu', 'split', 'y']],
  ])('takes %s', (_, layer, output, layers) => {
    const cut = cutAt(graph, layer)
    expect(cut.outputs.map(({ name }) => name)).toEqual([output])
    expect(layerNames(cut)).toEqual(layers)
    expect(cut.inputs).toEqual(graph.inputs)
  })

  it('keeps only the constants and inputs that are used, and a known output shape', () => {
    const two = { ...graph, inputs: [...graph.inputs, value('other')] }
    const cut = cutAt(two, 'conv')
    expect([...cut.initializers.keys()]).toEqual(['w'])
    expect(cut.inputs.map(({ name }) => name)).toEqual(['image'])
    expect(cut.outputs).toEqual([{ name: 'conv', type: undefined, dims: undefined }])
    expect(cutAt(graph, 'y').outputs).toEqual(graph.outputs)
    expect(graph.initializers.size).toBe(3)
  })
})

describe('cutAt with bodies of If and Loop', () => {
  /** A node whose body consists of these nodes. */
  const withBody = (op: string, name: string, inputs: readonly string[], body: onnx.INodeProto[]): Node =>
    node(op, name, inputs, { body: { kind: 'other', value: { name: 'body', type: 5, g: { node: body } } } })

  /** An If inside an If: the inner one takes `w`, `conv` and `mask`, which nothing else does. */
  const inner: onnx.INodeProto = {
    opType: 'If',
    input: ['inner_flag'],
    output: ['inner'],
    attribute: [{ name: 'then_branch', g: { node: [{ opType: 'Conv', input: ['conv', 'w', 'mask'], output: ['deep'] }] } }],
  }
  const nested = graphOf(
    [
      node('Relu', 'conv', ['image']),
      node('Relu', 'aside', ['image']),
      withBody('If', 'choice', ['flag'], [{ opType: 'Add', input: ['b', 'b'], output: ['sum'] }, inner]),
      node('Relu', 'y', ['choice']),
    ],
    { w: noise([4, 3, 3, 3]), b: noise([1]), flag: noise([1]), unused: noise([1]) },
    { inputs: [value('image'), value('inner_flag'), value('mask'), value('other')] },
  )

  it.each(['choice', 'y'])('keeps what the bodies take, however deep: cut at %s', (layer) => {
    const cut = cutAt(nested, layer)
    expect(layerNames(cut)).toEqual(layer === 'y' ? ['conv', 'choice', 'y'] : ['conv', 'choice'])
    expect([...cut.initializers.keys()]).toEqual(['w', 'b', 'flag'])
    expect(cut.inputs.map(({ name }) => name)).toEqual(['image', 'inner_flag', 'mask'])
  })
})

describe('resolveLayer', () => {
  it.each([
    ['relu', 'relu'],
    ['relu_out', 'relu'],
    ['left', 'split'],
    ['right', 'right'],
    ['unnamed_out', 'unnamed_out'],
  ])('%s is %s', (asked, resolved) => expect(resolveLayer(graph, asked)).toBe(resolved))

  it('keeps a tensor where two nodes share a name', () => {
    const twins = ['a', 'b'].map((output) => ({ ...node('Relu', 'twin', ['image']), outputs: [output] }))
    expect(resolveLayer(graphOf(twins, {}), 'a')).toBe('twin')
    expect(resolveLayer(graphOf(twins, {}), 'b')).toBe('b')
  })
})
