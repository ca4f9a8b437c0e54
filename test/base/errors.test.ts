import { describe, expect, it } from 'vitest'
import { clauseOf, errorCode, messageOf, UserError, usageError } from '../../src/base/errors.js'

describe('usageError', () => {
  it.each([
    ['text', 'Expected --x to be a number, got "text".'],
    [0, 'Expected --x to be a number, got 0.'],
    [undefined, 'Expected --x to be a number, got undefined.'],
    [[1, 2], 'Expected --x to be a number, got 1,2.'],
  ])('states the rule and %j', (found, message) => {
    const error = usageError('--x', 'a number', found)
    expect([error.message, error.exitCode]).toEqual([message, 2])
  })

  it('adds what to do', () => {
    expect(usageError('--x', 'a number', 'y', 'Leave it out.').message).toBe('Expected --x to be a number, got "y". Leave it out.')
  })
})

it('UserError fails with 1 unless told otherwise', () => {
  expect(new UserError('It failed.')).toMatchObject({ name: 'UserError', message: 'It failed.', exitCode: 1 })
})

it.each<[string, unknown, string, string | undefined]>([
  ['an error', new Error('broken'), 'broken', undefined],
  ['a system error', Object.assign(new Error('gone'), { code: 'ENOENT' }), 'gone', 'ENOENT'],
  ['an error with a number as code', Object.assign(new Error('odd'), { code: 5 }), 'odd', undefined],
  ['text', 'thrown', 'thrown', undefined],
  ['nothing', undefined, 'undefined', undefined],
])('messageOf and errorCode take %s', (_, thrown, message, code) => {
  expect([messageOf(thrown), errorCode(thrown)]).toEqual([message, code])
})

it.each<[string, unknown, string]>([
  ['several lines', new Error('\n It failed\n\tat once. '), 'It failed at once'],
  ['text', 'thrown.', 'thrown'],
  ['a long message', new Error(`${'a'.repeat(299)} b.`), 'a'.repeat(299)],
  ['dots inside', new Error('lib.so.1: v2.'), 'lib.so.1: v2'],
])('clauseOf takes %s', (_, thrown, clause) => expect(clauseOf(thrown)).toBe(clause))
