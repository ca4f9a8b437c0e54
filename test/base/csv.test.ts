import { expect, test } from 'vitest'
import { csvText } from '../../src/base/csv.js'

test.each([
  ['plain', 'a b', 'a b'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'say "a"', '"say ""a"""'],
  ['line breaks', 'a\r\nb', '"a\r\nb"'],
  ['a formula', '=1+1', "'=1+1"],
  ['a formula with quotes', '@SUM("a")', '"\'@SUM(""a"")"'],
  ['a negative number is no formula', -0.5, '-0.5'],
  ['nothing', null, ''],
])('csvText: %s', (_, cell, written) => {
  expect(csvText(['x', 'y'], [[cell, 1]])).toBe(`x,y\n${written},1\n`)
})
