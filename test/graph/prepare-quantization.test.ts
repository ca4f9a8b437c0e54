import { describe, expect, it } from 'vitest'
import { node } from '../../src/graph/graph.js'
import { prepareQuantization } from '../../src/graph/prepare-quantization.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf } from '../helpers/tiny-graph.js'

describe('prepareQuantization', () => {
  it.each([
    [
      'an old model',
      convolution({ opsets: new Map([['', 12]]) }),
      'Expected a model of operator set 13 or newer for --precision int8, found 12. Export it again with opset 13, or use --precision float32.',
    ],
    [
      'a quantized one',
      graphOf([node('QuantizeLinear', 'q', ['image', 's', 'z']), node('DequantizeLinear', 'y', ['q', 's', 'z'])], {}),
      'Expected a float32 model for --precision int8, found one that is quantized already (QuantizeLinear). Use --precision float32, which runs it as it is.',
    ],
  ])('refuses %s', async (_, graph, message) => {
    expect((await userErrorOf(() => prepareQuantization(graph))).message).toBe(message)
  })
})
