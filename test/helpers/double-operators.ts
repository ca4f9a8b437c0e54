import { product } from '../../src/base/product.js'
import { floatOf } from '../../src/graph/attributes.js'
import type { Node } from '../../src/graph/graph.js'
import { averagePool, conv, convTranspose } from './double-convolution.js'
import { none, type Operator } from './doubles.js'

/** One number for each map. */
function global(of: (map: Float64Array) => number): Operator {
  return (_, { data, dims } = none) => {
    const [n = 1, channels = 1, ...sides] = dims
    const size = product(sides)
    const made = Float64Array.from({ length: n * channels }, (_, map) => of(data.subarray(map * size, (map + 1) * size)))
    return { data: made, dims: [n, channels, ...sides.map(() => 1)] }
  }
}

/** A function of single numbers. */
function each(of: (node: Node, x: number) => number): Operator {
  return (node, { data, dims } = none) => ({ data: data.map((x) => of(node, x)), dims })
}

const clamp = (x: number) => Math.min(1, Math.max(0, x))

/** 2 / √π · Σ (−1)ᵏ x²ᵏ⁺¹ / (k! · (2k + 1)), exact to rounding for |x| < 3. */
function erf(x: number): number {
  let [sum, term] = [x, x]
  for (let k = 1; k < 60; k++) {
    term *= -(x * x) / k
    sum += term / (2 * k + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

const below = (alpha: number, x: number) => alpha * Math.expm1(x)

/** The operators that onnxruntime's CPU has in single precision only (1.30). */
export const doubleOperators: Readonly<Record<string, Operator>> = {
  ...{ Conv: conv, ConvTranspose: convTranspose, AveragePool: averagePool },
  GlobalAveragePool: global((map) => map.reduce((sum, x) => sum + x, 0) / map.length),
  GlobalMaxPool: global((map) => map.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY)),
  Elu: each((node, x) => (x > 0 ? x : below(floatOf(node, 'alpha', 1), x))),
  Selu: each((_, x) => 1.0507009873554805 * (x > 0 ? x : below(1.6732632423543772, x))),
  HardSigmoid: each((node, x) => clamp(floatOf(node, 'alpha', 0.2) * x + floatOf(node, 'beta', 0.5))),
  HardSwish: each((_, x) => x * clamp(x / 6 + 0.5)),
  Softplus: each((_, x) => Math.log1p(Math.exp(x))),
  Softsign: each((_, x) => x / (1 + Math.abs(x))),
  Erf: each((_, x) => erf(x)),
}
