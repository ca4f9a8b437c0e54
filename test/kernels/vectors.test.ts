import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { createKernels } from '../../src/kernels/kernels.js'
import { Vectors } from '../../src/kernels/vectors.js'
import { expectClose } from '../helpers/expect-close.js'

function filled(length: number): { vectors: Vectors; x: Float32Array; y: Float32Array } {
  const random = seededRandom(length)
  const [x, y] = [Float32Array.from({ length }, () => random() - 0.5), Float32Array.from({ length }, () => random() - 0.5)]
  const vectors = new Vectors(3, length)
  vectors.views[0]?.set(x)
  vectors.views[2]?.set(y)
  return { vectors, x, y }
}

const sum = (values: Iterable<number>) => Array.from(values).reduce((total, value) => total + value, 0)

describe('Vectors', () => {
  it.each([0, 1, 3, 4, 5, 8, 13, 1000, 10_007])('dot and axpy, length %d', (length) => {
    const { vectors, x, y } = filled(length)
    const products = Array.from(x, (value, i) => Math.fround(value * (y[i] ?? 0)))
    expectClose([vectors.dot(0, 2)], [sum(products)], { absolute: 1e-12 * (length + 1) })

    vectors.axpy(0.3, 0, 2)
    const expected = Array.from(y, (value, i) => Math.fround(value + Math.fround(Math.fround(0.3) * (x[i] ?? 0))))
    expect(Array.from(vectors.views[2] ?? [])).toEqual(expected)
    expect(vectors.views[0]).toEqual(x)
    expect(vectors.views[1]).toEqual(new Float32Array(length))
  })

  it('sums in float64: 2^24 ones and one more', () => {
    const vectors = new Vectors(1, 2 ** 24 + 1)
    vectors.views[0]?.fill(1)
    expect(vectors.dot(0, 0)).toBe(2 ** 24 + 1)
  })

  it('does not let one vector run into the next', () => {
    const vectors = new Vectors(2, 5)
    vectors.views[0]?.fill(1)
    vectors.views[1]?.fill(Number.NaN)
    expect(vectors.dot(0, 0)).toBe(5)
    vectors.axpy(2, 0, 0)
    expect(Array.from(vectors.views[0] ?? [])).toEqual([3, 3, 3, 3, 3])
  })
})

describe('the kernels alone', () => {
  it('touch no more than count values', () => {
    const kernels = createKernels()
    const x = kernels.scratch(128)
    const values = new Float32Array(kernels.memory.buffer, x, 16).fill(1)
    kernels.axpy(2, x, x + 32, 5)
    expect(Array.from(values)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 1, 1, 1])
    expect(kernels.dot(x, x + 32, 5)).toBe(15)
    expect(kernels.dot(x, x + 32, 6)).toBe(16)
  })
})
