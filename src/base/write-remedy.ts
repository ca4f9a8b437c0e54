import { errorCode } from './errors.js'

/** What the user can do about each kind of failed write, by the system's error code. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'Make room on that disk'],
  ['EDQUOT', 'Make room on that disk, or have your quota raised'],
  ['EROFS', 'Make that disk writable'],
  ['EACCES', 'Change the permissions there'],
  ['EPERM', 'Change the permissions there'],
])

/** What the user can do where a write failed, as the beginning of a sentence. */
export function writeRemedy(error: unknown): string {
  return remedies.get(errorCode(error) ?? '') ?? 'See to room and permissions there'
}
