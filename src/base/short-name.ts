import { createHash } from 'node:crypto'

/** Characters of a name; with a digest and an ending behind them still below the 255 bytes that file systems allow. */
const LONGEST = 100

/** A name for a file, cut where it is long and told apart from others by a hash. */
export function shortName(name: string): string {
  if (name.length <= LONGEST) return name
  return `${name.slice(0, LONGEST - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
