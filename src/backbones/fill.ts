import type { Floats } from '../base/floats.js'
import { product } from '../base/product.js'

/**
 * Deterministic numbers that any language can make again, so that no weight file has to travel.
 *
 * u(k, i) in [0, 1): element i (row-major) of tensor number k.
 *     x = (i + k · 0x9E3779B9) mod 2³²
 *     x ^= x >> 16; x = x · 0x85EBCA6B mod 2³²
 *     x ^= x >> 13; x = x · 0xC2B2AE35 mod 2³²
 *     x ^= x >> 16; u = x / 2³²
 */
function hash(start: number, i: number): number {
  let x = (start + i) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

const startOf = (tensor: number) => Math.imul(tensor, 0x9e3779b9)

export type FillKind = 'kernel' | 'depthwise_kernel' | 'bias' | 'beta' | 'mean' | 'gamma' | 'variance'

/**
 * The values of tensor number `tensor`: kernels (2u − 1) · √(6 / fanIn), bias, beta and mean (u − 0.5) · 0.2, gamma and
 * variance 0.5 + u; float64 arithmetic, then float32.
 *
 * @param fanIn default: the product of all axes but the last one; of depthwise kernels height × width.
 */
export function fillWeight(tensor: number, shape: readonly number[], kind: FillKind, fanIn?: number): Floats {
  const start = startOf(tensor)
  const [scale, shift] = line(shape, kind, fanIn)
  const values = new Float32Array(product(shape))
  for (let i = 0; i < values.length; i++) values[i] = (hash(start, i) / 2 ** 32) * scale + shift
  return values
}

/** Scale and shift of u. */
function line(shape: readonly number[], kind: FillKind, fanIn?: number): [number, number] {
  const [height = 1, width = 1] = shape
  if (kind === 'gamma' || kind === 'variance') return [1, 0.5]
  if (kind === 'bias' || kind === 'beta' || kind === 'mean') return [0.2, -0.1]
  const bound = Math.sqrt(6 / (kind === 'depthwise_kernel' ? height * width : (fanIn ?? product(shape.slice(0, -1)))))
  return [2 * bound, -bound]
}

/** Pixels 0 … 255 of a square image, [side, side, 3]. */
export function fillImage(side: number, tensor = 1_000_000): Uint8Array {
  const start = startOf(tensor)
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => Math.floor((hash(start, i) / 2 ** 32) * 256))
}
