/** Finds paths among files in the order of their paths; asked in about that order it need not search. Holds nothing but a position. */
export class PathCursor {
  readonly #files: readonly { readonly path: string }[]
  #next = 0

  /** @param files in the order of their paths' code units, as a scan gives them. */
  constructor(files: readonly { readonly path: string }[]) {
    this.#files = files
  }

  /** Position of a path, undefined where it is not among them. */
  find(path: string): number | undefined {
    const at = this.#files[this.#next]?.path === path ? this.#next : this.#search(path)
    if (this.#files[at]?.path !== path) return undefined
    this.#next = at + 1
    return at
  }

  /** Position of the first path that is not before this one. */
  #search(path: string): number {
    let [low, high] = [0, this.#files.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#files[middle]?.path ?? path) < path) low = middle + 1
      else high = middle
    }
    return low
  }
}
