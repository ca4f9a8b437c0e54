import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { createFloat16, type Float16 } from '../../src/kernels/float16.js'
import { fromFloat16Plain, toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { createKernels } from '../../src/kernels/kernels.js'

const plain: Float16 = { toFloat16: toFloat16Plain, fromFloat16: fromFloat16Plain }
const wasm: Float16 = createFloat16(createKernels())

/** Every float16 bit pattern. */
const allHalves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)
const isNaNHalf = (bits: number) => (bits & 0x7fff) > 0x7c00

/** `count` float32 of random bits: all exponents, infinities and NaN among them. */
function randomFloats(count: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  return new Float32Array(Uint32Array.from({ length: count }, () => random() * 2 ** 32).buffer)
}

function toHalves(float16: Float16, values: Float32Array) {
  const target = new Uint16Array(values.length)
  return { ...float16.toFloat16(values, target), target }
}

describe.each([
  ['plain', plain],
  ['wasm', wasm],
])('float16, %s', (_, float16) => {
  it('refuses a target that is too short', () => {
    const message = 'Expected the target to hold 3 values, got room for 2.'
    expect(() => float16.toFloat16(new Float32Array(3), new Uint16Array(2))).toThrow(message)
    expect(() => float16.fromFloat16(new Uint16Array(3), new Float32Array(2))).toThrow(message)
  })

  // IEEE 754-2008 binary16; ties checked with numpy.float16.
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.996, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [-1.5 * 2 ** -24, 0x8002],
    [1023.5 * 2 ** -24, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2049, 0x6800],
    [2051, 0x6802],
    [1e-45, 0x0000],
    [Math.PI, 0x4248],
  ])('rounds %d to 0x%s', (value, bits) => {
    expect(toHalves(float16, Float32Array.of(value))).toEqual({ overflow: false, nonFinite: false, target: Uint16Array.of(bits) })
  })

  it.each([
    ['65,520 becomes infinite', [1, 65_520], 0x7c00, true, false],
    ['-1e30 becomes infinite', [1, -1e30], 0xfc00, true, false],
    ['infinity stays', [1, Number.NEGATIVE_INFINITY], 0xfc00, false, true],
    ['NaN stays', [1, Number.NaN], 0x7e00, false, true],
    ['both', [Number.NaN, 1e6], 0x7c00, true, true],
  ])('reports: %s', (_case, values, last, overflow, nonFinite) => {
    for (const zeros of [0, 2, 5, 8]) {
      const found = toHalves(float16, Float32Array.from([...new Array<number>(zeros).fill(0), ...values]))
      expect(found).toMatchObject({ overflow, nonFinite })
      expect(found.target.at(-1)).toBe(last)
    }
  })

  it('reports trouble in the last value of a long array, and none after it', () => {
    const values = new Float32Array(300_001)
    values[300_000] = 1e9
    expect(toHalves(float16, values)).toMatchObject({ overflow: true, nonFinite: false })
    toHalves(float16, values.fill(Number.NaN))
    expect(toHalves(float16, new Float32Array(3))).toMatchObject({ overflow: false, nonFinite: false })
  })

  it('keeps a NaN of the smallest payload a NaN', () => {
    const values = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer)
    expect(Array.from(toHalves(float16, values).target)).toEqual([0x7e00, 0xfe00])
  })

  it('brings every float16 back as it was', () => {
    const values = new Float32Array(65_536)
    float16.fromFloat16(allHalves, values)
    expect(values[0x0001]).toBe(2 ** -24)
    expect(values[0x83ff]).toBe(-1023 * 2 ** -24)
    expect(values[0x7bff]).toBe(65_504)
    expect(values[0xfc00]).toBe(Number.NEGATIVE_INFINITY)
    expect(Array.from(allHalves.filter((bits) => Number.isNaN(values[bits]) !== isNaNHalf(bits)))).toEqual([])
    const { target, overflow, nonFinite } = toHalves(float16, values)
    expect({ overflow, nonFinite }).toEqual({ overflow: false, nonFinite: true })
    expect(Array.from(allHalves.filter((bits) => !isNaNHalf(bits) && target[bits] !== bits))).toEqual([])
  })

  it('takes parts of larger arrays and leaves the rest alone', () => {
    const source = Float32Array.of(9, 1, 2, 9)
    const target = new Uint16Array(6).fill(5)
    float16.toFloat16(source.subarray(1, 3), target.subarray(1))
    expect(Array.from(target)).toEqual([5, 0x3c00, 0x4000, 5, 5, 5])
    const back = new Float32Array(4).fill(7)
    float16.fromFloat16(target.subarray(1, 3), back.subarray(1))
    expect(Array.from(back)).toEqual([7, 1, 2, 7])
  })
})

describe('float16, wasm against plain', () => {
  it.each([0, 1, 7, 8, 9, 1000, 262_143, 262_144, 262_145, 600_003])('%d values of random bits', (count) => {
    const values = randomFloats(count, count)
    const [a, b] = [toHalves(plain, values), toHalves(wasm, values)]
    expect({ overflow: b.overflow, nonFinite: b.nonFinite }).toEqual({ overflow: a.overflow, nonFinite: a.nonFinite })
    expect(Buffer.compare(Buffer.from(a.target.buffer), Buffer.from(b.target.buffer))).toBe(0)
    const [x, y] = [new Float32Array(count), new Float32Array(count)]
    plain.fromFloat16(a.target, x)
    wasm.fromFloat16(a.target, y)
    expect(x.every((value, i) => Object.is(value, y[i]))).toBe(true)
  })
})
