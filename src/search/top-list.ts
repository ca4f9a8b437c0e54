/** A sample and its cosine similarity to a query, from −1 to 1. */
export interface Near {
  /** Its place in the data set, whose images are in the order of their paths. */
  readonly sample: number
  readonly similarity: number
}

/** The samples nearest to a query so far, the nearest first; of equally near ones the first in the data set. */
export class TopList {
  readonly #most: number
  readonly #entries: Near[] = []

  /** @param most how many it holds. */
  constructor(most: number) {
    this.#most = most
  }

  get entries(): readonly Near[] {
    return this.#entries
  }

  /** What a similarity must reach to enter; undefined while there is room. */
  get least(): number | undefined {
    return this.#entries.length < this.#most ? undefined : this.#entries.at(-1)?.similarity
  }

  add(near: Near): void {
    const before = this.#entries.findIndex((entry) => isNearer(near, entry))
    if (before < 0 && this.#entries.length >= this.#most) return
    this.#entries.splice(before < 0 ? this.#entries.length : before, 0, near)
    if (this.#entries.length > this.#most) this.#entries.pop()
  }
}

const isNearer = (a: Near, b: Near) => a.similarity > b.similarity || (a.similarity === b.similarity && a.sample < b.sample)
