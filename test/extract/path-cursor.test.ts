import { describe, expect, it } from 'vitest'
import { PathCursor } from '../../src/extract/path-cursor.js'

// By code units 𝒜 (U+1D49C, in UTF-16 D835 DC9C) stands before ﬁ (U+FB01); by the bytes of UTF-8, as SQLite orders, behind it.
const paths = ['a/1.jpg', 'a/10.jpg', 'a/2.jpg', 'b/1.jpg', 'b/𝒜.jpg', 'b/ﬁ.jpg']
const files = paths.map((path) => ({ path }))

describe('PathCursor', () => {
  it.each([
    ['in their order', paths],
    ['in another order', [...paths].reverse()],
    ['with gaps', ['a/10.jpg', 'b/ﬁ.jpg']],
    ['in the order of SQLite', ['b/1.jpg', 'b/ﬁ.jpg', 'b/𝒜.jpg']],
    ['twice', ['a/2.jpg', 'a/2.jpg']],
  ])('finds paths asked for %s', (_, asked) => {
    const cursor = new PathCursor(files)
    expect(asked.map((path) => cursor.find(path))).toEqual(asked.map((path) => paths.indexOf(path)))
  })

  it.each(['', 'a/0.jpg', 'a/11.jpg', 'a/2.jpg ', 'c'])('knows that there is no "%s", and goes on', (missing) => {
    const cursor = new PathCursor(files)
    expect([cursor.find('a/1.jpg'), cursor.find(missing), cursor.find('a/10.jpg')]).toEqual([0, undefined, 1])
  })

  it('finds nothing among no files', () => expect(new PathCursor([]).find('a')).toBeUndefined())
})
