import { product } from '../../src/base/product.js'
import { intOf, intsOf } from '../../src/graph/attributes.js'
import { axisMeetings, type Meeting, meetings } from './double-windows.js'
import { none, type Operator } from './doubles.js'

/** y[n, o] = bias[o] + Σ kernel[o, c] · x[n, c] over the channels c of o's group and the places of the kernel. */
export const conv: Operator = (node, x = none, kernel = none, bias) => {
  const [n = 1, channels = 1, ...sides] = x.dims
  const [out = 1, perGroup = 1, ...taps] = kernel.dims
  const axes = axisMeetings(node, taps, sides)
  const after = axes.map(({ outputs }) => outputs)
  const y = new Float64Array(n * out * product(after))
  if (bias) for (const at of y.keys()) y[at] = bias.data[Math.floor(at / product(after)) % out] ?? 0
  const shape = { n, out, channels, perGroup, sizes: [product(taps), product(after), product(sides)] as const }
  eachProduct(shape, meetings(axes, taps, sides), (weight, output, input) => {
    y[output] = (y[output] ?? 0) + (kernel.data[weight] ?? 0) * (x.data[input] ?? 0)
  })
  return { data: y, dims: [n, out, ...after] }
}

/** What a convolution by the same kernel gives back to its input, without padding: x takes the part of its output. */
export const convTranspose: Operator = (node, x = none, kernel = none) => {
  const [n = 1, out = 1, ...after] = x.dims
  const [, perGroup = 1, ...taps] = kernel.dims
  const [strides, dilations] = [intsOf(node, 'strides'), intsOf(node, 'dilations')]
  const sides = after.map((side, axis) => (side - 1) * (strides?.[axis] ?? 1) + ((taps[axis] ?? 1) - 1) * (dilations?.[axis] ?? 1) + 1)
  const channels = perGroup * intOf(node, 'group', 1)
  const y = new Float64Array(n * channels * product(sides))
  const shape = { n, out, channels, perGroup, sizes: [product(taps), product(after), product(sides)] as const }
  eachProduct(shape, meetings(axisMeetings(node, taps, sides), taps, sides), (weight, output, input) => {
    y[input] = (y[input] ?? 0) + (kernel.data[weight] ?? 0) * (x.data[output] ?? 0)
  })
  return { data: y, dims: [n, channels, ...sides] }
}

interface ConvShape {
  readonly n: number
  readonly out: number
  readonly channels: number
  readonly perGroup: number
  /** Numbers of a kernel, of a map that comes out, and of one that goes in. */
  readonly sizes: readonly [number, number, number]
}

/** Visits every product of a convolution by its places in kernel, output and input. */
function eachProduct({ n, out, channels, perGroup, sizes }: ConvShape, met: readonly Meeting[], visit: (...places: Meeting) => void): void {
  const [taps, after, before] = sizes
  const each = out / (channels / perGroup)
  for (let image = 0; image < n; image++) {
    for (let o = 0; o < out; o++) {
      for (let c = 0; c < perGroup; c++) {
        const [kernel, input] = [o * perGroup + c, image * channels + Math.floor(o / each) * perGroup + c]
        for (const [tap, to, from] of met) visit(kernel * taps + tap, (image * out + o) * after + to, input * before + from)
      }
    }
  }
}

/** The sum of a window over how many numbers of the input it sees (or over all of its places). */
export const averagePool: Operator = (node, x = none) => {
  const [n = 1, channels = 1, ...sides] = x.dims
  const taps = intsOf(node, 'kernel_shape') ?? []
  const axes = axisMeetings(node, taps, sides)
  const after = axes.map(({ outputs }) => outputs)
  const [sums, counts] = [new Float64Array(n * channels * product(after)), new Float64Array(product(after))]
  for (const [, to, from] of meetings(axes, taps, sides)) {
    counts[to] = (counts[to] ?? 0) + 1
    for (let map = 0; map < n * channels; map++) {
      const at = map * product(after) + to
      sums[at] = (sums[at] ?? 0) + (x.data[map * product(sides) + from] ?? 0)
    }
  }
  const count = (at: number) => (intOf(node, 'count_include_pad', 0) ? product(taps) : (counts[at % counts.length] ?? 1))
  return { data: sums.map((sum, at) => sum / count(at)), dims: [n, channels, ...after] }
}
