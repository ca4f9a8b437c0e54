import { errorCode } from '../base/errors.js'
import { catalogError, diskError } from './catalog-error.js'
import { cachePaths } from './paths.js'

/** What an error means to the user while codes are written. Errors without a system's code are ours. */
export function writingError(cache: string, error: unknown): unknown {
  const { codes, catalog } = cachePaths(cache)
  const isSystems = errorCode(error) !== undefined && !errorCode(error)?.startsWith('SQLITE_')
  return isSystems ? diskError(`write codes into ${codes}`, error) : catalogError(catalog, error)
}
