import { type Matrix, matrix } from '../../src/engine/gemm.js'

/** u(k, i) in [0, 1): the numbers that the reference runs were made of (a 32-bit mix of i + k · 0x9E3779B9). */
export function u(k: number, i: number): number {
  let x = (i + Math.imul(k, 0x9e3779b9)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

export interface ReferenceCodes {
  readonly codes: Matrix
  readonly labels: Uint16Array
  readonly classes: number
}

/** D < N: x[i, d] = (2 u(900, iD + d) − 1) + 0.6 (2 u(901, y D + d) − 1), y = i mod 10. */
export function tallCodes(): ReferenceCodes {
  return mixture(512, 64, 900, 0.6)
}

/** D > N, the same with u(902), u(903) and 0.3. */
export function wideCodes(): ReferenceCodes {
  return mixture(128, 1024, 902, 0.3)
}

function mixture(n: number, d: number, k: number, spread: number): ReferenceCodes {
  const classes = 10
  const codes = matrix(n, d)
  for (let i = 0; i < n * d; i++) {
    const label = Math.floor(i / d) % classes
    codes.data[i] = 2 * u(k, i) - 1 + spread * (2 * u(k + 1, label * d + (i % d)) - 1)
  }
  return { codes, labels: Uint16Array.from({ length: n }, (_, i) => i % classes), classes }
}

/** First kernels of the Keras runs: 0.5 · (2 u(k, i) − 1) · √(6 / inputs), number k in the head. */
export function referenceKernel(k: number, inputs: number, units: number): Float32Array {
  return Float32Array.from({ length: inputs * units }, (_, i) => Math.fround((2 * u(k, i) - 1) * Math.sqrt(6 / inputs)) * 0.5)
}
