import { type HuffmanSkips, huffmanSkips } from './jpeg-huffman.js'
import { standardTables } from './jpeg-standard-tables.js'

/** Tables kept; most files have one of a few sets of four. */
const most = 64

/** Huffman tables by what defines them: making them costs as much as passing over a small image with them. */
export class HuffmanTables {
  readonly #known = new Map<string, HuffmanSkips>()
  readonly #standard = new Map<number, HuffmanSkips>()

  constructor() {
    for (const segment of standardTables) this.read(segment, this.#standard)
  }

  /** A copy of the tables that count where a file has none, by their names: 0 … 3 for DC, 16 … 19 for AC. */
  standard(): Map<number, HuffmanSkips> {
    return new Map(this.#standard)
  }

  /** Reads a segment of tables into `tables`: a byte of kind and number, 16 counts, the symbols, and again. */
  read(segment: Buffer, tables: Map<number, HuffmanSkips>): void {
    for (let at = 0; at + 17 <= segment.length; ) {
      const kind = segment[at] ?? 0
      const counts = segment.subarray(at + 1, at + 17)
      const end = at + 17 + counts.reduce((sum, count) => sum + count, 0)
      tables.set(kind, this.#table(segment.subarray(at, end), kind < 16))
      at = end
    }
  }

  #table(definition: Buffer, isDc: boolean): HuffmanSkips {
    const key = definition.toString('latin1')
    const table = this.#known.get(key) ?? huffmanSkips(definition.subarray(1, 17), definition.subarray(17), isDc)
    if (this.#known.size >= most) this.#known.clear()
    this.#known.set(key, table)
    return table
  }
}
