import { expect } from 'vitest'
import { UserError } from '../../src/base/errors.js'

/** The UserError that an action throws. */
export async function userErrorOf(action: () => unknown): Promise<UserError> {
  const error = await Promise.resolve()
    .then(action)
    .then(
      () => new Error('nothing was thrown'),
      (caught: unknown) => caught,
    )
  if (error instanceof UserError) return error
  throw new Error('expected a UserError', { cause: error })
}

/** Expects an action to be refused as wrong usage, in these words. */
export async function expectUsageError(action: () => unknown, message: string): Promise<void> {
  expect(await userErrorOf(action)).toMatchObject({ exitCode: 2, message })
}
