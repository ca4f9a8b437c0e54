import { describe, expect, it } from 'vitest'
import { createSession } from '../../src/engine/onnx-session.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { Convention, Value } from '../../src/graph/builder-layer.js'
import type { Padding } from '../../src/graph/builder-window.js'
import { cutAt, layerNames, resolveLayer } from '../../src/graph/cut.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { expectClose } from '../helpers/expect-close.js'
import { userErrorOf } from '../helpers/thrown.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

const product = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1)

interface Tried {
  readonly image: Float32Array
  /** By layer/name. */
  readonly weights: ReadonlyMap<string, Float32Array>
  readonly output: Float32Array
  readonly dims: readonly number[]
  readonly names: readonly string[]
}

/** Builds a small network, fills it with noise (variances above 0) and runs it on one noisy image. */
async function tryOut(size: number, convention: Convention, build: (net: GraphBuilder) => Value, sign = 1): Promise<Tried> {
  const net = new GraphBuilder(size, convention)
  const output = build(net)
  const weights = new Map(
    net.layers.flatMap((layer) => layer.weights.map((slot, at) => [`${layer.name}/${slot.name}`, filler(slot.shape, at, sign)])),
  )
  const byLayer = net.layers.map(
    (layer) => [layer.name, layer.weights.map((slot) => weights.get(`${layer.name}/${slot.name}`) ?? new Float32Array())] as const,
  )
  const graph = net.finish(output, new Map(byLayer))
  const session = await createSession(writeOnnx(graph), 1)
  const image = noiseFloats(3 * size * size, 9)
  const { data, dims } = await session.run(image, [1, 3, size, size])
  await session.release()
  expect(dims, 'the shape that the builder says').toEqual([1, ...output.dims])
  return { image, weights, output: data, dims, names: layerNames(graph) }
}

const filler = (shape: readonly number[], seed: number, sign: number) =>
  noiseFloats(product(shape), seed + 1).map((value) => sign * (value + 0.6))

/** Rows or columns before the first: TensorFlow's rule for same. */
function before(padding: Padding, side: number, kernel: number, stride: number): number {
  if (padding === 'valid') return 0
  if (padding !== 'same') return padding[0]
  return Math.floor(Math.max((Math.ceil(side / stride) - 1) * stride + kernel - side, 0) / 2)
}

interface Naive {
  readonly kernel: number
  readonly stride: number
  readonly padding: Padding
  readonly outputs: number
  readonly at: (o: number, c: number, y: number, x: number) => number
}

/** A convolution by its definition, square maps, [3, h, w] → [outputs, h', w']; `at` is the kernel. */
function naive(image: Float32Array, size: number, out: readonly number[], { kernel, stride, padding, outputs, at }: Naive): number[] {
  const [, , height = 0, width = 0] = out
  const lead = before(padding, size, kernel, stride)
  const pixel = (c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= size || x >= size ? 0 : (image[(c * size + y) * size + x] ?? 0)
  const taps = [0, 1, 2].flatMap((c) => Array.from({ length: kernel * kernel }, (_, p) => [c, Math.floor(p / kernel), p % kernel] as const))
  return Array.from({ length: outputs * height * width }, (_, i) => {
    const [o, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]
    return taps.reduce((sum, [c, ky, kx]) => sum + at(o, c, ky, kx) * pixel(c, y * stride + ky - lead, x * stride + kx - lead), 0)
  })
}

describe('GraphBuilder', () => {
  it.each([
    { size: 8, kernel: 3, strides: 1, padding: 'valid' },
    { size: 8, kernel: 3, strides: 2, padding: 'same' },
    { size: 9, kernel: 3, strides: 2, padding: 'same' },
    { size: 8, kernel: 1, strides: 2, padding: 'same' },
    { size: 9, kernel: 2, strides: 1, padding: 'same' },
    { size: 8, kernel: 3, strides: 2, padding: [1, 1, 1, 1] },
  ] as const)('convolves $size with $kernel, stride $strides, $padding: Keras kernels', async ({ size, kernel, strides, padding }) => {
    const tried = await tryOut(size, 'keras', (net) => net.conv('c', net.image, { filters: 4, kernel, strides, padding, bias: false }))
    const weight = tried.weights.get('c/kernel') ?? new Float32Array()
    const at = (o: number, c: number, y: number, x: number) => weight[((y * kernel + x) * 3 + c) * 4 + o] ?? 0
    expectClose(tried.output, naive(tried.image, size, tried.dims, { kernel, stride: strides, padding, outputs: 4, at }), {
      absolute: 1e-5,
    })
  })

  it('takes kernels of torch as they are', async () => {
    const tried = await tryOut(7, 'torch', (net) => net.conv('c', net.image, { filters: 2, kernel: 3, bias: false }))
    const weight = tried.weights.get('c/weight') ?? new Float32Array()
    const at = (o: number, c: number, y: number, x: number) => weight[((o * 3 + c) * 3 + y) * 3 + x] ?? 0
    expectClose(tried.output, naive(tried.image, 7, tried.dims, { kernel: 3, stride: 1, padding: 'valid', outputs: 2, at }), {
      absolute: 1e-5,
    })
  })

  it('convolves each channel by itself, multiplier channels for each', async () => {
    const tried = await tryOut(6, 'keras', (net) => net.depthwiseConv('d', net.image, { kernel: 3, multiplier: 2, bias: false }))
    const weight = tried.weights.get('d/kernel') ?? new Float32Array()
    const at = (o: number, c: number, y: number, x: number) =>
      Math.floor(o / 2) === c ? (weight[((y * 3 + x) * 3 + c) * 2 + (o % 2)] ?? 0) : 0
    expectClose(tried.output, naive(tried.image, 6, tried.dims, { kernel: 3, stride: 1, padding: 'valid', outputs: 6, at }), {
      absolute: 1e-5,
    })
  })

  it('convolves in groups', async () => {
    const tried = await tryOut(5, 'keras', (net) => net.conv('c', net.image, { filters: 6, kernel: 1, groups: 3, bias: false }))
    const weight = tried.weights.get('c/kernel') ?? new Float32Array()
    const at = (o: number, c: number) => (Math.floor(o / 2) === c ? (weight[o] ?? 0) : 0)
    expectClose(tried.output, naive(tried.image, 5, tried.dims, { kernel: 1, stride: 1, padding: 'valid', outputs: 6, at }), {
      absolute: 1e-5,
    })
  })

  it('separable convolutions are one layer: depthwise kernel, pointwise kernel, bias', async () => {
    const separable = await tryOut(6, 'keras', (net) => net.separableConv('s', net.image, { filters: 4, kernel: 3, padding: 'same' }))
    expect([...separable.weights.keys()]).toEqual(['s/depthwise_kernel', 's/pointwise_kernel', 's/bias'])
    expect(separable.names).toEqual(['s:depthwise', 's'])
    const [deep, point, bias] = [...separable.weights.values()].map((values) => [...values])
    const at = (o: number, c: number, y: number, x: number) => (deep?.[(y * 3 + x) * 3 + c] ?? 0) * (point?.[c * 4 + o] ?? 0)
    const expected = naive(separable.image, 6, separable.dims, { kernel: 3, stride: 1, padding: 'same', outputs: 4, at })
    expectClose(
      separable.output,
      expected.map((value, i) => value + (bias?.[Math.floor(i / 36)] ?? 0)),
      { absolute: 1e-5 },
    )
  })

  it.each(['keras', 'torch'] as const)('normalises with the moving statistics, epsilon of %s', async (convention) => {
    const { image, weights, output } = await tryOut(2, convention, (net) => net.batchNorm('bn', net.image))
    const [gamma, beta, mean, variance] = [...weights.values()].map((values) => [...values])
    const epsilon = convention === 'keras' ? 1e-3 : 1e-5
    const channel = (of: readonly number[] | undefined, i: number) => of?.[Math.floor(i / 4)] ?? 0
    const expected = image.map(
      (v, i) => ((v - channel(mean, i)) / Math.sqrt(channel(variance, i) + epsilon)) * channel(gamma, i) + channel(beta, i),
    )
    expectClose(output, expected, { absolute: 1e-5 })
  })

  it('takes no gamma where there is none', async () => {
    const { weights } = await tryOut(2, 'keras', (net) => net.batchNorm('bn', net.image, { scale: false }))
    expect([...weights.keys()]).toEqual(['bn/beta', 'bn/moving_mean', 'bn/moving_variance'])
  })

  it('averages only what is there', async () => {
    const { image, output } = await tryOut(2, 'keras', (net) => net.averagePool('p', net.image, { kernel: 3, strides: 1, padding: 'same' }))
    const mean = (c: number) => image.subarray(c * 4, c * 4 + 4).reduce((sum, v) => sum + v, 0) / 4
    expectClose(
      output,
      Array.from({ length: 12 }, (_, i) => mean(Math.floor(i / 4))),
      { absolute: 1e-6 },
    )
  })

  it('pads with zeros that take part in a maximum, unlike the padding of a pool', async () => {
    const negative = (net: GraphBuilder) => net.conv('c', net.relu('r', net.image), { filters: 1, kernel: 1 })
    const padded = (net: GraphBuilder) => net.maxPool('p', net.zeroPad('z', negative(net), [1, 1, 1, 1]), { kernel: 3, strides: 2 })
    const same = (net: GraphBuilder) => net.maxPool('p', negative(net), { kernel: 3, strides: 1, padding: 'same' })
    expect([...(await tryOut(2, 'keras', padded, -1)).output]).toEqual([0])
    const top = Math.max(...(await tryOut(2, 'keras', negative, -1)).output)
    expect(top).toBeLessThan(0)
    expect([...(await tryOut(2, 'keras', same, -1)).output]).toEqual([top, top, top, top])
  })

  it('clips to 0 … 6, adds, concatenates, pools whole maps and transposes', async () => {
    const { image, output } = await tryOut(2, 'keras', (net) => {
      const twice = net.add('sum', net.image, net.relu('r', net.image))
      const wide = net.concat('cat', [net.relu6('clip', twice), net.image])
      return net.transpose('t', net.concat('ends', [net.globalMaxPool('max', wide), net.globalAveragePool('mean', wide)]), [0, 2, 3, 1])
    })
    const maps = [0, 1, 2].map((c) => [...image.subarray(c * 4, c * 4 + 4)])
    const wide = [...maps.map((map) => map.map((v) => Math.min(Math.max(v + Math.max(v, 0), 0), 6))), ...maps]
    const means = wide.map((map) => map.reduce((sum, v) => sum + v, 0) / 4)
    expectClose(output, [...wide.map((map) => Math.max(...map)), ...means], { absolute: 1e-6 })
  })

  it('names layers as Keras does, and finds a layer by either of its names', () => {
    const net = new GraphBuilder(4, 'keras')
    expect([net.autoName('conv2d'), net.autoName('conv2d'), net.autoName('add'), net.autoName('conv2d')]).toEqual([
      'conv2d',
      'conv2d_1',
      'add',
      'conv2d_2',
    ])
    const last = net.relu('stage', net.conv('c', net.image, { filters: 1, kernel: 1, activation: 'relu' }), 'stage.0')
    const graph = net.finish(last, new Map([['c', [Float32Array.of(1, 2, 3), Float32Array.of(0)]]]))
    expect(layerNames(graph)).toEqual(['c:linear', 'c', 'stage'])
    expect(['stage', 'stage.0'].map((name) => resolveLayer(graph, name))).toEqual(['stage', 'stage'])
    expect(cutAt(graph, 'c').nodes.map(({ op }) => op)).toEqual(['Conv', 'Relu'])
  })

  it('refuses images that are too small for a layer', async () => {
    const net = new GraphBuilder(4, 'keras')
    const { message, exitCode } = await userErrorOf(() => net.maxPool('pool', net.image, { kernel: 5 }))
    expect(message).toBe('Expected --size to leave layer "pool" at least 5 × 5 of its input, got 4 × 4. Use a larger --size.')
    expect(exitCode).toBe(2)
  })

  it('refuses weights of another length', () => {
    const net = new GraphBuilder(4, 'keras')
    const last = net.conv('c', net.image, { filters: 1, kernel: 1 })
    expect(() => net.finish(last, new Map([['c', [Float32Array.of(1)]]]))).toThrow(
      'Expected 3 numbers for kernel of layer c (c/kernel), got 1',
    )
  })
})
