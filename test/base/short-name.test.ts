import { expect, it } from 'vitest'
import { shortName } from '../../src/base/short-name.js'

it('leaves names of 100 characters, cuts longer ones to that, and tells those apart that begin alike', () => {
  const long = 'n'.repeat(100)
  expect(shortName(long)).toBe(long)
  const [first, second] = [shortName(`${long}a`), shortName(`${long}b`)]
  expect([first.length, second.length, first === second]).toEqual([100, 100, false])
})
