/** Why a code cannot be computed again, as the end of a sentence: neither good nor bad can be said of it. */
export class Uncheckable extends Error {
  override readonly name = 'Uncheckable'
}
