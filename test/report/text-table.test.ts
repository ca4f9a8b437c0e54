import { expect, test } from 'vitest'
import { textTable } from '../../src/report/text-table.js'

test('textTable refuses a row of another length', () => {
  expect(() => textTable([{ title: 'a' }, { title: 'b' }], [[1]])).toThrow('Expected each row to have 2 cells, got 1.')
})

test('textTable puts numbers to the right and text to the left', () => {
  const table = textTable(
    [{ title: 'name' }, { title: 'images' }],
    [
      ['ant', 42],
      ['butterfly', 800],
    ],
  )
  expect(table.split('\n')).toEqual(['name       images', '─────────  ──────', 'ant            42', 'butterfly     800'])
})

test('textTable leaves no spaces at the ends of lines', () => {
  expect(textTable([{ title: 'long title' }], [['a']]).split('\n')).toEqual(['long title', '──────────', 'a'])
})

test('textTable without rows is its titles', () => {
  expect(textTable([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b\n─  ─')
})

test('textTable measures as a terminal does', () => {
  const rows = [['猫'], ['e\u0301'], ['👩‍🔬'], ['ab']]
  expect(textTable([{ title: 'x', align: 'right' }], rows).split('\n')).toEqual([' x', '──', '猫', ' e\u0301', '👩‍🔬', 'ab'])
})

test('textTable shows control characters instead of obeying them', () => {
  expect(textTable([{ title: 'x' }], [['a\u001b[31m\nb\u202ec\u2028']]).split('\n')[2]).toBe('a\\u001b[31m\\u000ab\\u202ec\\u2028')
})
