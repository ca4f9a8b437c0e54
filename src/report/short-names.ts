import { fittingStart, textEms } from './wrap-text.js'

/**
 * A name that fits into `ems` for each of some distinct names: the middle of a long one becomes an ellipsis, for both ends tell names
 * apart; where that makes two the same, the later ones get a number.
 */
export function shortNames(names: readonly string[], ems: number): Map<string, string> {
  const taken = new Set<string>()
  return new Map(names.map((name) => [name, take(shorten(name, ems - textEms(' (99)')), taken)]))
}

function take(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`
  taken.add(free)
  return free
}

function shorten(text: string, ems: number): string {
  if (textEms(text) <= ems) return text
  const half = (ems - textEms('…')) / 2
  return `${fittingStart(text, half)}…${reversed(fittingStart(reversed(text), half))}`
}

function reversed(text: string): string {
  return [...text].reverse().join('')
}
