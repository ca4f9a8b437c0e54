import { oneLine } from '../base/one-line.js'

/** "a", "b", "c", …: the first of some names for a message. */
export function quotedList(names: readonly string[], most = 3): string {
  const first = names.slice(0, most).map((name) => `"${oneLine(name)}"`)
  return `${first.join(', ')}${names.length > most ? ', …' : ''}`
}
