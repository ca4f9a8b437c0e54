import { describe, expect, it } from 'vitest'
import { type FloatWeights, quantizeWeights, type WeightOptions } from '../../src/graph/quantize-weights.js'
import { expectClose } from '../helpers/expect-close.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

const options: WeightOptions = { inputScale: 1 / 64, inputMeans: new Float32Array(6), limit: 127 }

/** Weights of four outputs whose sizes lie a factor of ten apart. */
function ladder(dims: readonly number[], axis: 0 | 1, rest: Partial<FloatWeights> = {}): FloatWeights {
  const values = noiseFloats(
    dims.reduce((all, side) => all * side, 1),
    3,
  )
  const outputOf = (i: number) => (axis === 0 ? Math.floor((i * (dims[0] ?? 1)) / values.length) : i % (dims[1] ?? 1))
  return { dims, values: values.map((value, i) => value * 10 ** outputOf(i)), axis, groups: 1, bias: undefined, ...rest }
}

const integersOf = ({ bytes }: { readonly bytes: Uint8Array }) => [...new Int8Array(bytes.slice().buffer)]
const stepsOf = ({ bytes }: { readonly bytes: Uint8Array }) => [...new Int32Array(bytes.slice().buffer)]

describe('quantizeWeights', () => {
  it.each<[string, readonly number[], 0 | 1, 127 | 64]>([
    ['a convolution', [4, 3, 3, 3], 0, 127],
    ['a convolution in the reduced range', [4, 3, 3, 3], 0, 64],
    ['a dense layer, outputs first', [4, 6], 0, 127],
    ['a dense layer, outputs last', [6, 4], 1, 64],
  ])('gives each output channel a scale of its own: %s', (_, dims, axis, limit) => {
    const weights = ladder(dims, axis)
    const { weight, scale } = quantizeWeights(weights, { ...options, limit })
    expect([weight.type, weight.dims, scale.length]).toEqual(['int8', dims, 4])
    const integers = integersOf(weight)
    for (const c of [0, 1, 2, 3]) {
      const places = integers.flatMap((_, i) => ((axis === 0 ? Math.floor((i * 4) / integers.length) : i % 4) === c ? [i] : []))
      const largest = Math.max(...places.map((i) => Math.abs(weights.values[i] ?? 0)))
      expectClose([scale[c] ?? 0], [largest / limit], { relative: 1e-6 })
      expect(Math.max(...places.map((i) => Math.abs(integers[i] ?? 0)))).toBe(limit)
      const errors = places.map((i) => Math.abs((integers[i] ?? 0) * (scale[c] ?? 0) - (weights.values[i] ?? 0)))
      expect(Math.max(...errors)).toBeLessThan(largest / limit)
    }
  })

  it.each<[string, FloatWeights, (c: number, i: number) => number]>([
    ['a convolution', ladder([4, 6, 3, 3], 0), (_, i) => Math.floor(i / 9)],
    ['groups', ladder([4, 3, 3, 3], 0, { groups: 2 }), (c, i) => Math.floor(c / 2) * 3 + Math.floor(i / 9)],
    ['each channel by itself', ladder([6, 1, 3, 3], 0, { groups: 6 }), (c) => c],
    ['a dense layer, outputs first', ladder([4, 6], 0), (_, i) => i],
    ['a dense layer, outputs last', ladder([6, 4], 1), (_, i) => i],
  ])('takes back into the bias what rounding adds to the mean: %s', (_, floats, inputOf) => {
    const { dims, values, axis } = floats
    const outputs = dims[axis] ?? 1
    const bias = noiseFloats(outputs, 9)
    const inputMeans = noiseFloats(6, 8).map((mean) => mean + 2)
    const integers = quantizeWeights({ ...floats, bias }, { ...options, inputMeans })
    const inner = values.length / outputs
    const place = (c: number, i: number) => (axis === 0 ? c * inner + i : i * outputs + c)
    const meanOf = (of: ArrayLike<number>, c: number) =>
      Array.from({ length: inner }, (_, i) => (of[place(c, i)] ?? 0) * (inputMeans[inputOf(c, i)] ?? 0)).reduce((a, b) => a + b, 0)
    const whole = integersOf(integers.weight)
    for (let c = 0; c < outputs; c++) {
      const exact = meanOf(values, c) + (bias[c] ?? 0)
      const found = meanOf(whole, c) * (integers.scale[c] ?? 0) + (stepsOf(integers.bias)[c] ?? 0) * (integers.biasScale[c] ?? 0)
      expectClose([found], [exact], { absolute: 0.51 * (integers.biasScale[c] ?? 0), relative: 1e-5 })
    }
  })

  it('keeps the scale of the bias at that of input times weights', () => {
    const { scale, biasScale, bias } = quantizeWeights(ladder([4, 3, 3, 3], 0), options)
    expect([...biasScale]).toEqual([...scale].map((step) => Math.fround(step / 64)))
    expect([bias.type, bias.dims, stepsOf(bias)]).toEqual(['int32', [4], [0, 0, 0, 0]])
  })

  it('makes room for a bias that is far larger than its weights', () => {
    const values = Float32Array.of(1e-9, -1e-9, 0, 0, 0, 0)
    const bias = Float32Array.of(5, -3, 0)
    const integers = quantizeWeights({ dims: [3, 2, 1, 1], values, axis: 0, groups: 1, bias }, options)
    expectClose(
      stepsOf(integers.bias).map((step, c) => step * (integers.biasScale[c] ?? 0)),
      bias,
      { relative: 1e-6 },
    )
    expect(Math.max(...stepsOf(integers.bias).map(Math.abs))).toBeLessThanOrEqual(2 ** 30 + 64)
  })
})
