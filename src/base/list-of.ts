/** One value or several. */
export type OneOrMore<T> = T | readonly T[]

/** The different values of an option that may have several; none where it was left out. */
export function listOf<T extends string>(given: OneOrMore<T> | undefined): T[] {
  if (given === undefined) return []
  return typeof given === 'string' ? [given] : [...new Set(given)]
}
