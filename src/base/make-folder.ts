import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from './errors.js'

/**
 * Makes a folder and those above it, as far as they are missing; returns the first that was made.
 *
 * Node's own `recursive` never comes back where the system knows the parent and yet says ENOENT, as /proc does.
 *
 * @throws what the system says when one of them cannot be made.
 */
export function makeFolder(folder: string): string | undefined {
  const missing = [resolve(folder)]
  for (let above = dirname(missing[0] ?? ''); !existsSync(above); above = dirname(above)) missing.unshift(above)
  return missing.filter(make)[0]
}

/** Whether there was something to make: another process may be as far. */
function make(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false
    throw error
  }
}
