import { errorCode, messageOf, UserError } from '../base/errors.js'
import { catalogError } from './catalog-error.js'
import { cachePaths } from './paths.js'

/** What an error means to the user while codes are written. A full or failing disk is the user's to mend; errors without a system's code are ours. */
export function writingError(cache: string, error: unknown): unknown {
  const { codes, catalog } = cachePaths(cache)
  const told = catalogError(catalog, error)
  if (told instanceof UserError || errorCode(error) === undefined) return told
  return new UserError(
    `Expected to write codes into ${codes}, but that failed: ${messageOf(error)}. See to room and permissions there and run the same command again; finished work is kept.`,
  )
}
