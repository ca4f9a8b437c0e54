import { HuffmanTables } from './huffman-tables.js'
import { entriesOf, entryOf, type HuffmanSkips } from './jpeg-huffman.js'
import { type JpegScan, jpegScan } from './jpeg-scan.js'
import { jpegSegments } from './jpeg-segments.js'

/** Bytes that a damaged block can reach behind its data: 64 codes of at most 31 bits. */
const SLACK = 256

/** Looks whether JPEGs are whole; keeps its tables and its memory from file to file, since most files have the same tables. */
export class JpegCheck {
  readonly #tables = new HuffmanTables()
  #data = new DataView(new ArrayBuffer(2 ** 16))

  /**
   * Whether a JPEG's coded data fills its image exactly: no bad code, no data missing or left over, restart markers in turn, and
   * the end-of-image marker behind. That is what libjpeg warns about and what libvips, which does not look at the warnings of the
   * last lines, lets pass. Only the lengths of the codes are read, no coefficient: a small part of what decoding costs.
   *
   * True for what has more than one scan (progressive, mostly): libjpeg reads it to its end before the first line, so libvips sees all.
   */
  isWhole(bytes: Buffer): boolean {
    const scan = jpegScan(bytes, this.#tables)
    if (!scan) return true
    const data = this.#memory(bytes.length - scan.start + SLACK)
    let at = scan.start
    for (let [left, restarts] = [scan.units, 0]; left > 0; left -= scan.interval, restarts++) {
      if (restarts > 0) {
        while (bytes[at + 1] === 0xff) at++ // fill bytes (T.81, B.1.1.2)
        if (bytes[at] !== 0xff || bytes[at + 1] !== 0xd0 + ((restarts - 1) % 8)) return false
        at += 2
      }
      const { end, length } = unstuff(bytes, at, data)
      const bits = passOver(data, Math.min(left, scan.interval), { ...scan, length })
      if (bits <= 8 * (length - 1) || bits > 8 * length) return false
      at = end
    }
    return endsHere(bytes, at)
  }

  #memory(length: number): DataView<ArrayBuffer> {
    if (this.#data.byteLength < length) this.#data = new DataView(new ArrayBuffer(2 * length))
    return this.#data
  }
}

/** Copies coded data up to the next marker without the zeros that stand behind each 0xff; `end`: where the marker is. */
function unstuff(bytes: Buffer, from: number, { buffer }: DataView<ArrayBuffer>): { readonly end: number; readonly length: number } {
  const to = new Uint8Array(buffer)
  let [at, length] = [from, 0]
  for (;;) {
    const found = bytes.indexOf(0xff, at)
    const end = found === -1 ? bytes.length : found
    const isStuffed = bytes[end + 1] === 0
    length += bytes.copy(to, length, at, isStuffed ? end + 1 : end)
    if (!isStuffed) return { end, length }
    at = end + 2
  }
}

/** Bits that so many units take; −1 where there is a bad code or the data ends. */
function passOver(view: DataView, units: number, { blocks, length }: Pick<JpegScan, 'blocks'> & { readonly length: number }): number {
  let at = 0
  for (let unit = 0; unit < units; unit++) {
    for (const { dc, ac } of blocks) {
      at = blockEnd(view, at, { dc, ac })
      if (at < 0 || at > 8 * length) return -1
    }
  }
  return at
}

/** Where the block that begins at bit `at` ends; −1 where there is a bad code. */
function blockEnd(view: DataView, at: number, { dc, ac }: { readonly dc: HuffmanSkips; readonly ac: HuffmanSkips }): number {
  let entry = entryOf(dc, wordAt(view, at))
  let bit = at + (entry & 31)
  // hot loop: a few nanoseconds a turn
  for (let coefficient = 1; coefficient < 64 && entry !== 0; coefficient += entry >>> 5) {
    entry = entriesOf(ac, wordAt(view, bit), coefficient)
    bit += entry & 31
  }
  return entry === 0 ? -1 : bit
}

/** 32 bits of which at least the first 25 are those at `bit`. */
const wordAt = (view: DataView, bit: number) => view.getUint32(bit >>> 3) << (bit & 7)

/** Whether the image ends at a marker, with no more than remarks of programs before. */
function endsHere(bytes: Uint8Array, from: number): boolean {
  for (const { marker } of jpegSegments(bytes, from)) {
    if (marker === 0xd9) return true
    if (marker < 0xe0 || (marker > 0xef && marker !== 0xfe)) return false
  }
  return false
}
