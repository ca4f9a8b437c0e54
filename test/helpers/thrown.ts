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
