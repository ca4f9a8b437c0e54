import { expect, test } from 'vitest'
import { shortNames } from '../../src/report/short-names.js'
import { textEms } from '../../src/report/wrap-text.js'

test.each([
  ['names that fit', ['vgg16', 'a b'], ['vgg16', 'a b']],
  ['long names', ['abcdefghijklmnopqrstuvwxyz', 'abcdefghijklm0pqrstuvwxyz'], ['abcd…xyz', 'abcd…xyz (2)']],
  ['a name that looks like a shortened one', ['a'.repeat(16), 'aaaa…aaaa'], ['aaaa…aaaa', 'aaaa…aaaa (2)']],
])('shortNames: %s', (_, names, short) => {
  expect([...shortNames(names, 11.5).values()]).toEqual(short)
})

test('shortNames fit, whatever the characters', () => {
  const names = ['W', '猫', '🐈', 'i'].flatMap((character) => [`${character.repeat(99)}1`, `${character.repeat(98)}1`])
  for (const short of shortNames(names, 20).values()) expect(textEms(short)).toBeLessThanOrEqual(20)
})
