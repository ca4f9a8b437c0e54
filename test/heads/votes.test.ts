import { describe, expect, it } from 'vitest'
import { createGemm, type Matrix, matrix } from '../../src/engine/gemm.js'
import { chooseVotes } from '../../src/heads/choose-votes.js'
import { nearest } from '../../src/heads/nearest.js'
import { dot } from '../../src/heads/vector.js'
import { votes } from '../../src/heads/votes.js'
import { expectClose } from '../helpers/expect-close.js'
import { freshCodes, solverCodes, solverReference } from './solver-reference.js'

const gemm = createGemm(1)

function normalised({ rows, columns, data }: Matrix): Matrix {
  const copy = data.slice()
  for (let row = 0; row < rows; row++) {
    const values = copy.subarray(row * columns, (row + 1) * columns)
    const length = Math.sqrt(dot(values, values))
    for (let i = 0; i < columns; i++) values[i] = (values[i] ?? 0) / length
  }
  return matrix(rows, columns, copy)
}

describe('nearest', () => {
  const similarities = matrix(2, 4, Float32Array.of(0.1, 0.9, 0.5, 0.9, -1, -2, -3, -4))
  it('finds the largest similarities, the first on ties', () => {
    const { places, similarities: values, count } = nearest(similarities, 3)
    expect([count, ...places]).toEqual([3, 1, 3, 2, 0, 1, 2])
    expectClose(values, [0.9, 0.9, 0.5, -1, -2, -3], { relative: 1e-6 })
  })
  it('passes over a row that is its own candidate, and takes no more than there are', () => {
    const { places, count } = nearest(similarities, 9, (row) => row)
    expect([count, ...places]).toEqual([3, 1, 3, 2, 0, 2, 3])
  })
})

describe('votes', () => {
  it.each(solverReference.neighbours)('are the probabilities of scikit-learn: $shape, k = $k', async ({ shape, k, alike, weighted }) => {
    const { codes, labels, classes } = solverCodes(shape)
    const similarities = await gemm(normalised(freshCodes(shape)), normalised(codes), { transposeB: true })
    const found = nearest(similarities, 20)
    const of = (temperature: number | null) => votes(found, labels, classes, { neighbours: k, temperature }).data.subarray(0, 30)
    expectClose(of(null), alike, { absolute: 1e-6 })
    expectClose(of(0.07), weighted, { absolute: 1e-5 })
  })
})

describe('chooseVotes', () => {
  it('takes the rule that tells most samples right', () => {
    // The nearest is always of another class; the four behind it are right.
    const places = Int32Array.of(1, 0, 0, 0, 0, 0, 1, 1, 1, 1)
    const similarities = Float32Array.of(0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 0.8, 0.8, 0.8, 0.8)
    const given = { own: Int32Array.of(0, 1), candidates: Int32Array.of(0, 1), classes: 2 }
    expect(chooseVotes({ places, similarities, count: 5 }, given)).toEqual({ neighbours: 5, temperature: null })
  })
})
