import type { Output } from './onnx-session.js'

/** Codes of one network differ by less from device to device, TensorFloat-32 included; share of their standard deviation. */
export const deviceTolerance = 1e-2

/** How near two outputs of the same network are. */
export interface Parity {
  /** Of all numbers as one vector; 0 where the shapes differ. */
  readonly cosine: number
  /** Largest difference, as a share of the standard deviation of `expected`; Infinity where the shapes differ. */
  readonly worst: number
}

/** NaN on either side makes both NaN, which is near nothing. */
export function parityOf(found: Output, expected: Output): Parity {
  if (found.dims.join() !== expected.dims.join()) return { cosine: 0, worst: Number.POSITIVE_INFINITY }
  const [a, b] = [found.data, expected.data]
  let [ab, aa, bb, sum, farthest] = [0, 0, 0, 0, 0]
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN]
    ab += x * y
    aa += x * x
    bb += y * y
    sum += y
    farthest = Math.max(farthest, Math.abs(x - y))
  }
  const deviation = Math.sqrt(bb / b.length - (sum / b.length) ** 2)
  return { cosine: ab / Math.sqrt(aa * bb), worst: farthest / deviation }
}
