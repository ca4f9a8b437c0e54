import { describe, expect, it } from 'vitest'
import { foldsOf } from '../../../src/evaluate/doubt/folds.js'

const images = Array.from({ length: 43 }, (_, index) => ({ sha256: `${index < 3 ? 'equal' : index}`, label: '', part: undefined }))
const labels = Int32Array.from(images, (_, index) => (index < 20 ? 0 : index < 40 ? 1 : 2))
const options = { folds: 5, seed: 0, without: new Set<number>() }

describe('foldsOf', () => {
  it('deals every class out evenly', () => {
    const fold = foldsOf(images, labels, options)
    for (const label of [1, 2]) {
      const counts = [0, 1, 2, 3, 4].map((number) => labels.filter((of, at) => of === label && fold[at] === number).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  it('keeps byte-equal images together', () => {
    const [first, second, third] = foldsOf(images, labels, options)
    expect([second, third]).toEqual([first, first])
  })

  it('leaves out what takes no part', () => {
    const fold = foldsOf(images, labels, { ...options, without: new Set([7, 9]) })
    expect([...fold.keys()].filter((at) => fold[at] === -1)).toEqual([7, 9])
  })

  it('depends on the seed alone', () => {
    expect(foldsOf(images, labels, options)).toEqual(foldsOf(images, labels, options))
    expect(foldsOf(images, labels, { ...options, seed: 1 })).not.toEqual(foldsOf(images, labels, options))
  })
})
