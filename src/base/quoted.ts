import { oneLine } from './one-line.js'

/** A word as a POSIX shell takes it: quoted where it holds more than letters, digits and the like. */
export function quoted(word: string): string {
  return /^[\w.,/:@%+=-]+$/.test(word) ? word : `'${oneLine(word).replaceAll("'", "'\\''")}'`
}
