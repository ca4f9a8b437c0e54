import { readFileSync } from 'node:fs'
import { clauseOf, UserError } from '../../base/errors.js'

/** Fewer characters can be tried out. */
const shortest = 16

/**
 * The token that a file holds, without white space around it.
 *
 * @throws UserError where it cannot be read, or holds no token that a header can carry.
 */
export function readToken(path: string): string {
  const token = textOf(path).trim()
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < shortest) {
    throw new UserError(
      `Expected a token in ${path}: one line of at least ${shortest} characters of ASCII without spaces, found ${token === '' ? 'nothing' : 'something else'}. Make one: openssl rand -hex 32 > ${path}`,
      2,
    )
  }
  return token
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`Expected --token-file to name a file with a token, but ${path} cannot be read: ${clauseOf(error)}.`, 2)
  }
}
