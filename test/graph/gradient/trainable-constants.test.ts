import { describe, expect, it } from 'vitest'
import { trainableConstants } from '../../../src/graph/gradient/trainable-constants.js'
import { node } from '../../../src/graph/graph.js'
import { graphOf, integers, noise, tensor } from '../../helpers/tiny-graph.js'

describe('trainableConstants', () => {
  it('takes weights, each once, and leaves bounds, shapes, scales and moving statistics', () => {
    const nodes = [
      node('Mul', 'scaled', ['image', 'scale']),
      node('Conv', 'conv', ['scaled', 'kernel', 'bias']),
      node('BatchNormalization', 'norm', ['conv', 'gamma', 'beta', 'mean', 'variance']),
      node('Clip', 'clip', ['norm', 'low', 'high']),
      node('PRelu', 'prelu', ['clip', 'slope']),
      node('Conv', 'again', ['prelu', 'kernel']),
      node('Reshape', 'rows', ['again', 'shape']),
      node('MatMul', 'product', ['rows', 'matrix']),
      node('Add', 'shifted', ['product', 'offset']),
      node('Gemm', 'y', ['shifted', 'dense', 'half']),
    ]
    const names = ['scale', 'kernel', 'bias', 'gamma', 'beta', 'mean', 'variance', 'low', 'high', 'slope', 'matrix', 'offset', 'dense']
    const constants = Object.fromEntries(names.map((name) => [name, noise([3])]))
    const half = { ...tensor([1], [0]), type: 'float16' } as const
    const graph = graphOf(nodes, { ...constants, shape: integers(-1, 3), half })
    expect(trainableConstants(graph)).toEqual(['kernel', 'bias', 'gamma', 'beta', 'slope', 'matrix', 'offset', 'dense'])
  })
})
