import { describe, expect, it } from 'vitest'
import { type CalibrationBatch, calibrateRanges } from '../../src/engine/calibrate-ranges.js'
import { type Graph, type Node, node } from '../../src/graph/graph.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, noise, noiseFloats, tensor, value } from '../helpers/tiny-graph.js'

const data = noiseFloats(6 * 192, 40)

/** Six images in batches of so many. */
function batchesOf(count: number): CalibrationBatch[] {
  return Array.from({ length: 6 / count }, (_, i) => ({
    data: data.slice(i * count * 192, (i + 1) * count * 192),
    dims: [count, 3, 8, 8],
  }))
}

async function* late(batches: readonly CalibrationBatch[]) {
  yield* batches
}

describe('calibrateRanges', () => {
  it.each<[string, Graph, CalibrationBatch[], string]>([
    [
      'no layer with weights',
      graphOf([node('Relu', 'y', ['image'])], {}),
      batchesOf(1),
      'Expected convolutions or dense layers with constant float32 weights for --precision int8, found none. Use --precision float32.',
    ],
    [
      'numbers that are not finite',
      graphOf([node('Conv', 'c', ['image', 'w']), node('Conv', 'y', ['c', 'v'])], {
        w: tensor([1, 3, 1, 1], [Number.NaN, 0, 0]),
        v: noise([1, 1, 1, 1]),
      }),
      batchesOf(2),
      'Expected finite numbers in layer "c" while calibrating for --precision int8, found NaN or infinity. Use --precision float32.',
    ],
  ])('refuses %s', async (_, graph, batches, message) => {
    expect((await userErrorOf(() => calibrateRanges(graph, batches))).message).toBe(message)
  })

  it('refuses no images', async () => {
    await expect(calibrateRanges(convolution(), [])).rejects.toThrow('Expected numbers in the histogram, found none')
  })

  it('finds range and means of the image and of what layers compute, activations included', async () => {
    const graph = convolution()
    const ranges = await calibrateRanges(graph, late(batchesOf(2)), { percentile: 1 })
    expect([...ranges.keys()]).toEqual(['image', 'y'])
    const { data: outputs } = await runGraph(graph, data, [6, 3, 8, 8])
    for (const [name, values, channels] of [
      ['image', data, 3],
      ['y', outputs, 4],
    ] as const) {
      const { min, max, means } = ranges.get(name) ?? { min: 0, max: 0, means: [] }
      expect([min, max]).toEqual([Math.min(...values), Math.max(...values)])
      const area = values.length / 6 / channels
      const sums = new Float64Array(channels)
      for (const [i, x] of values.entries()) sums[Math.floor(i / area) % channels] = (sums[Math.floor(i / area) % channels] ?? 0) + x
      expectClose(
        means,
        sums.map((sum) => (sum * channels) / values.length),
        { absolute: 1e-6 },
      )
    }
  })

  it('leaves a share of the values outside, on either side', async () => {
    const { min = 0, max = 0 } = (await calibrateRanges(convolution(), batchesOf(3), { percentile: 0.9 })).get('image') ?? {}
    expectClose([min, max], [-0.4, 0.4], { absolute: 0.03 })
    const inside = data.filter((x) => x >= min && x <= max).length
    expectClose([inside / data.length], [0.8], { absolute: 0.005 })
  })

  it('does not depend on the batches; carried bytes have means of their own', async () => {
    const nodes: readonly Node[] = [
      node('Conv', 'c', ['image', 'w']),
      node('MaxPool', 'm', ['c'], { kernel_shape: { kind: 'ints', value: [2, 2] } }),
      node('Conv', 'y', ['m', 'v']),
    ]
    const graph = graphOf(nodes, { w: noise([4, 3, 3, 3]), v: noise([2, 4, 1, 1]) })
    const [one, ...others] = await Promise.all([1, 2, 3, 6].map((count) => calibrateRanges(graph, batchesOf(count))))
    expect([...(one?.keys() ?? [])]).toEqual(['image', 'c', 'm', 'y'])
    for (const other of others) expect(other).toEqual(one)
  })

  it('runs the whole batch where the network fixes it', async () => {
    const fixed = convolution({ inputs: [value('image', [3, 3, 8, 8])], outputs: [value('y', [3, 4, 6, 6])] })
    expect(await calibrateRanges(fixed, batchesOf(3))).toEqual(await calibrateRanges(convolution(), batchesOf(1)))
  })

  it('takes an even sample of large maps', async () => {
    const side = 150 // 22,500 values a channel
    const graph = graphOf(
      [node('Conv', 'y', ['image', 'w'])],
      { w: tensor([4, 3, 1, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 2, 2]) },
      {
        inputs: [value('image', ['n', 3, side, side])],
      },
    )
    const image = noiseFloats(3 * side * side, 3).map((x, i) => x + (i % side) / side)
    const { min = 0, max = 0, means = [] } = (await calibrateRanges(graph, [{ data: image, dims: [1, 3, side, side] }])).get('y') ?? {}
    const { data: all } = await runGraph(graph, image, [1, 3, side, side])
    const size = side * side
    const exact = [0, 1, 2, 3].map((c) => all.subarray(c * size, (c + 1) * size).reduce((sum, x) => sum + x, 0) / size)
    expectClose(means, exact, { absolute: 0.03 })
    const sorted = all.slice().sort()
    expectClose([min, max], [sorted[0] ?? 0, sorted.at(-1) ?? 0], { absolute: 0.3 })
  })
})
