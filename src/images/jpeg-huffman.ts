/** Bits that the tables look at together: longer codes are rare. */
const LOOK = 10
const SHIFT = 32 - LOOK
/** Coefficients of a block. */
const BLOCK = 64

/**
 * A Huffman table for passing over a JPEG's coefficients without decoding them. An entry is
 * (coefficients to go on by) · 32 + (bits of the code and of the value behind it); 0 stands for no code.
 */
export interface HuffmanSkips {
  /** Entries by the next 10 bits, of the first code in them; 0 also for longer codes. */
  readonly first: Uint16Array
  /** The same, of all codes of AC coefficients that the 10 bits hold whole, up to the end of a block. */
  readonly all: Uint16Array
  /** By code length 0 … 16: the first 16-bit prefix beyond its codes, and what to add to a code for its symbol's place. */
  readonly limits: Int32Array
  readonly offsets: Int32Array
  /** Entries by the symbol's place. */
  readonly entries: Uint16Array
}

/**
 * @param counts uint8 [16], number of codes of 1 … 16 bits
 * @param symbols uint8 [sum of counts], in the order of their codes (ITU T.81, C.2)
 * @param isDc whether the symbols are sizes of DC differences; else run · 16 + size of AC coefficients.
 */
export function huffmanSkips(counts: Uint8Array, symbols: Uint8Array, isDc: boolean): HuffmanSkips {
  const first = new Uint16Array(1 << LOOK)
  const [limits, offsets] = [new Int32Array(17), new Int32Array(17)]
  const entries = new Uint16Array(symbols.length)
  let [code, place] = [0, 0]
  for (let length = 1; length <= 16; length++) {
    offsets[length] = place - code
    for (let left = counts[length - 1] ?? 0; left > 0; left--, code++, place++) {
      const symbol = symbols[place] ?? 0
      const entry = steps(symbol, isDc) * 32 + length + (symbol & 15)
      entries[place] = entry
      if (length <= LOOK) first.fill(entry, code << (LOOK - length), (code + 1) << (LOOK - length))
    }
    limits[length] = code << (16 - length)
    code <<= 1
  }
  return { first, all: isDc ? first : joined(first), limits, offsets, entries }
}

/** Coefficients to go on by: a run of zeros and the value behind it, 16 zeros, or all that is left. */
function steps(symbol: number, isDc: boolean): number {
  if (isDc) return 1
  const [run, size] = [symbol >> 4, symbol & 15]
  if (size > 0) return run + 1
  return run === 15 ? 16 : BLOCK
}

/** From entries of one code, entries of as many as fit into the bits and, but for the code that ends it, into a block. */
function joined(first: Uint16Array): Uint16Array {
  const all = new Uint16Array(first.length)
  for (let index = 0; index < all.length; index++) {
    let [bits, on] = [0, 0]
    while (on < BLOCK) {
      const entry = first[(index << bits) & (all.length - 1)] ?? 0
      const isLast = entry >>> 5 === BLOCK
      if (entry === 0 || bits + (entry & 31) > LOOK || (!isLast && on + (entry >>> 5) >= BLOCK)) break
      bits += entry & 31
      on += entry >>> 5
    }
    all[index] = on * 32 + bits
  }
  return all
}

/** The entry of the one code at the top of a 32-bit word, or 0. */
export function entryOf({ first, limits, offsets, entries }: HuffmanSkips, word: number): number {
  const known = first[word >>> SHIFT] ?? 0
  if (known !== 0) return known
  const prefix = word >>> 16
  for (let length = LOOK + 1; length <= 16; length++) {
    if (prefix < (limits[length] ?? 0)) return entries[(prefix >> (16 - length)) + (offsets[length] ?? 0)] ?? 0
  }
  return 0
}

/** The entry of the codes at the top of a 32-bit word, as many as lead from coefficient `at` not beyond the block's end; or 0. */
export function entriesOf(skips: HuffmanSkips, word: number, at: number): number {
  const entry = skips.all[word >>> SHIFT] ?? 0
  // Where the last coefficient is among the codes, those behind it are the next block's.
  return entry === 0 || at + ((entry >>> 5) & (BLOCK - 1)) >= BLOCK ? entryOf(skips, word) : entry
}
