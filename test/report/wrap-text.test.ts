import { expect, test } from 'vitest'
import { textEms, wrapText } from '../../src/report/wrap-text.js'

test.each([
  ['nothing', '', []],
  ['a short text', 'cats and dogs', ['cats and dogs']],
  ['line breaks are spaces', 'cats\nand\r\n dogs', ['cats and dogs']],
  ['breaks at spaces', 'cats and dogs and birds', ['cats and dogs', 'and birds']],
  ['cuts what is left', 'cats and dogs and birds and fish and bees', ['cats and dogs', 'and birds an…']],
  ['breaks a long word', 'abcdefghijklmnopqrst', ['abcdefghijklm', 'nopqrst']],
  ['keeps the halves of a character together', '🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈', ['🐈🐈🐈🐈🐈🐈🐈🐈', '🐈🐈']],
])('wrapText: %s', (_, text, lines) => {
  expect(wrapText(text, { ems: 10 })).toEqual(lines)
})

test('wrapText ends where a single character is wider than the line', () => {
  expect(wrapText('WW', { ems: 0.5, lines: 5 })).toEqual(['W', 'W'])
})

test('textEms counts wide characters as wide', () => {
  expect(textEms('WWW')).toBeGreaterThan(textEms('iii'))
})
