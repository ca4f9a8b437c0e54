import { describe, expect, it } from 'vitest'
import { pathFinder } from '../../src/evaluate/path-finder.js'

const accent = { composed: 'caf\u00e9.jpg', apart: 'cafe\u0301.jpg' }
const paths = ['a/1.jpg', 'a/2.jpg', 'b/2.jpg', 'c\\d.jpg', 'c/d.jpg', accent.apart]
const finder = pathFinder(paths, ['/real/photos', '/link/photos'])

describe('pathFinder', () => {
  it.each([
    ['a/1.jpg', 'a/1.jpg'],
    ['./a/1.jpg', 'a/1.jpg'],
    ['a//1.jpg', 'a/1.jpg'],
    ['b/../a/1.jpg', 'a/1.jpg'],
    ['/real/photos/a/1.jpg', 'a/1.jpg'],
    ['/link/photos/./a/1.jpg', 'a/1.jpg'],
    ['a\\1.jpg', 'a/1.jpg'],
    ['.\\a\\1.jpg', 'a/1.jpg'],
    ['c\\d.jpg', 'c\\d.jpg'], // a file of just that name comes first
    [accent.apart, accent.apart],
    [accent.composed, accent.apart],
    ['1.jpg', undefined],
    ['A/1.jpg', undefined],
    ['/other/photos/a/1.jpg', undefined],
    ['/real/photos-2/a/1.jpg', undefined],
    ['../photos/a/1.jpg', undefined],
  ])('finds by %j %j', (written, found) => {
    expect(finder.find(written)).toBe(found)
  })

  it.each([
    ['A/1.JPG', 'a/1.jpg'],
    ['B/2.jpg', 'b/2.jpg'], // letter case alone differs, which is closer than the name in another folder
    ['x/2.jpg', 'a/2.jpg'],
    ['1.png', 'a/1.jpg'],
    ['images\\1', 'a/1.jpg'],
    ['9.jpg', undefined],
  ])('guesses that %j is %j', (written, guess) => {
    expect(finder.guess(written)).toBe(guess)
  })

  it('finds a composed name by one that is not, and of two files that differ in that the one of just that name', () => {
    expect(pathFinder([accent.composed], []).find(accent.apart)).toBe(accent.composed)
    for (const files of [Object.values(accent), Object.values(accent).reverse()])
      for (const path of files) expect(pathFinder(files, []).find(path)).toBe(path)
  })
})
