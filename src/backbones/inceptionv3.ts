import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/**
 * InceptionV3 of keras.applications: 299 × 299 → 8 × 8 × 2048, 224 × 224 → 5 × 5 × 2048.
 *
 * Source: Szegedy and others 2015, arXiv 1512.00567.
 */
export const inceptionv3: Architecture = {
  name: 'inceptionv3',
  version: '1.0.0',
  size: 299,
  smallest: 75,
  layer: 'mixed10',
  input: inputRules.tf,
  weights: 'keras',
  build(net) {
    let x = chain(net, net.image, [{ filters: 32, kernel: 3, halves: true }])
    x = convNorm(net, x, { filters: 32, kernel: 3, padding: 'valid' })
    x = halve(net, convNorm(net, x, { filters: 64, kernel: 3 }))
    x = convNorm(net, x, { filters: 80, kernel: 1 })
    x = halve(net, convNorm(net, x, { filters: 192, kernel: 3, padding: 'valid' }))
    for (const [at, pooled] of [32, 64, 64].entries()) x = mixedSmall(net, x, `mixed${at}`, pooled)
    x = reduceFirst(net, x)
    for (const [at, filters] of [128, 160, 160, 192].entries()) x = mixedLong(net, x, `mixed${4 + at}`, filters)
    x = reduceSecond(net, x)
    return mixedWide(net, mixedWide(net, x, 0), 1)
  },
}

interface Conv {
  readonly filters: number
  readonly kernel: number | readonly [number, number]
  /** Default: same. */
  readonly padding?: 'valid'
  /** Stride 2 without padding. Default false. */
  readonly halves?: boolean
}

/** Convolution, batch norm without gamma, activation. */
function convNorm(
  net: GraphBuilder,
  input: Value,
  { filters, kernel, halves = false, padding = halves ? 'valid' : undefined }: Conv,
): Value {
  const strides = halves ? 2 : 1
  const x = net.conv(net.autoName('conv2d'), input, { filters, kernel, strides, padding: padding ?? 'same', bias: false })
  return net.relu(net.autoName('activation'), net.batchNorm(net.autoName('batch_normalization'), x, { scale: false }))
}

function chain(net: GraphBuilder, input: Value, convs: readonly Conv[]): Value {
  return convs.reduce((x, conv) => convNorm(net, x, conv), input)
}

function halve(net: GraphBuilder, x: Value): Value {
  return net.maxPool(net.autoName('max_pooling2d'), x, { kernel: 3, strides: 2 })
}

/** A 3 × 3 average and a 1 × 1 convolution. */
function pooledConv(net: GraphBuilder, x: Value, filters: number): Value {
  const pooled = net.averagePool(net.autoName('average_pooling2d'), x, { kernel: 3, strides: 1, padding: 'same' })
  return convNorm(net, pooled, { filters, kernel: 1 })
}

/** mixed0 to mixed2: 1 × 1, 5 × 5, twice 3 × 3. */
function mixedSmall(net: GraphBuilder, x: Value, name: string, pooled: number): Value {
  const one = convNorm(net, x, { filters: 64, kernel: 1 })
  const five = chain(net, x, [
    { filters: 48, kernel: 1 },
    { filters: 64, kernel: 5 },
  ])
  const double = chain(net, x, [
    { filters: 64, kernel: 1 },
    { filters: 96, kernel: 3 },
    { filters: 96, kernel: 3 },
  ])
  return net.concat(name, [one, five, double, pooledConv(net, x, pooled)])
}

/** mixed3: half the sides. */
function reduceFirst(net: GraphBuilder, x: Value): Value {
  const three = convNorm(net, x, { filters: 384, kernel: 3, halves: true })
  const double = chain(net, x, [
    { filters: 64, kernel: 1 },
    { filters: 96, kernel: 3 },
    { filters: 96, kernel: 3, halves: true },
  ])
  return net.concat('mixed3', [three, double, halve(net, x)])
}

/** mixed4 to mixed7: 7 × 7 as 1 × 7 and 7 × 1, once and twice. */
function mixedLong(net: GraphBuilder, x: Value, name: string, filters: number): Value {
  const one = convNorm(net, x, { filters: 192, kernel: 1 })
  const seven = chain(net, x, [
    { filters, kernel: 1 },
    { filters, kernel: [1, 7] },
    { filters: 192, kernel: [7, 1] },
  ])
  const double = chain(net, x, [
    { filters, kernel: 1 },
    { filters, kernel: [7, 1] },
    { filters, kernel: [1, 7] },
    { filters, kernel: [7, 1] },
    { filters: 192, kernel: [1, 7] },
  ])
  return net.concat(name, [one, seven, double, pooledConv(net, x, 192)])
}

/** mixed8: half the sides. */
function reduceSecond(net: GraphBuilder, x: Value): Value {
  const three = chain(net, x, [
    { filters: 192, kernel: 1 },
    { filters: 320, kernel: 3, halves: true },
  ])
  const seven = chain(net, x, [
    { filters: 192, kernel: 1 },
    { filters: 192, kernel: [1, 7] },
    { filters: 192, kernel: [7, 1] },
    { filters: 192, kernel: 3, halves: true },
  ])
  return net.concat('mixed8', [three, seven, halve(net, x)])
}

/** mixed9 and mixed10: 3 × 3 as 1 × 3 beside 3 × 1. */
function mixedWide(net: GraphBuilder, x: Value, at: 0 | 1): Value {
  const split = (y: Value, name: () => string) => {
    const flat = convNorm(net, y, { filters: 384, kernel: [1, 3] })
    const tall = convNorm(net, y, { filters: 384, kernel: [3, 1] })
    return net.concat(name(), [flat, tall])
  }
  const one = convNorm(net, x, { filters: 320, kernel: 1 })
  const three = split(convNorm(net, x, { filters: 384, kernel: 1 }), () => `mixed9_${at}`)
  const narrow = chain(net, x, [
    { filters: 448, kernel: 1 },
    { filters: 384, kernel: 3 },
  ])
  const double = split(narrow, () => net.autoName('concatenate'))
  return net.concat(`mixed${9 + at}`, [one, three, double, pooledConv(net, x, 192)])
}
