import { HuffmanTables } from './huffman-tables.js'
import type { HuffmanSkips } from './jpeg-huffman.js'
import { isFrame, jpegSegments } from './jpeg-segments.js'

const START_OF_SCAN = 0xda
const HUFFMAN_TABLES = 0xc4
const RESTART_INTERVAL = 0xdd
/** Baseline and extended sequential frames, Huffman coded. */
const SEQUENTIAL: readonly number[] = [0xc0, 0xc1]

/** The only scan of a sequential JPEG: how its data is laid out. */
export interface JpegScan {
  /** Where its data begins. */
  readonly start: number
  /** Minimum coded units, and how many of them stand between restart markers (all where there are none). */
  readonly units: number
  readonly interval: number
  /** The tables of each 8 × 8 block of a unit, in their order. */
  readonly blocks: readonly { readonly dc: HuffmanSkips; readonly ac: HuffmanSkips }[]
}

interface Component {
  readonly id: number
  /** Sampling factors. */
  readonly across: number
  readonly down: number
}

/** What the segments before the scan say. */
interface Header {
  frame: { readonly marker: number; readonly start: number } | undefined
  interval: number
  /** By the byte that names them: 0 … 3 for DC, 16 … 19 for AC. */
  readonly tables: Map<number, HuffmanSkips>
}

/**
 * The layout of a JPEG whose components all stand in one Huffman-coded sequential scan, as most do; undefined for other ones
 * (progressive, arithmetic, several scans) and where the header makes no sense.
 */
export function jpegScan(bytes: Buffer, known: HuffmanTables = new HuffmanTables()): JpegScan | undefined {
  const header: Header = { frame: undefined, interval: 0, tables: known.standard() }
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (isFrame(marker)) header.frame = { marker, start }
    else if (marker === RESTART_INTERVAL) header.interval = uint16(bytes, start)
    else if (marker === HUFFMAN_TABLES) known.read(bytes.subarray(start, end), header.tables)
    else if (marker === START_OF_SCAN) return layout(bytes, { start, end }, header)
  }
  return undefined
}

function layout(bytes: Buffer, scan: { start: number; end: number }, { frame, interval, tables }: Header): JpegScan | undefined {
  if (!frame || !SEQUENTIAL.includes(frame.marker)) return undefined
  const [height, width, count] = [uint16(bytes, frame.start + 1), uint16(bytes, frame.start + 3), bytes[frame.start + 5] ?? 0]
  if (count === 0 || bytes[scan.start] !== count) return undefined
  const components = Array.from({ length: count }, (_, at) => component(bytes, frame.start + 6 + 3 * at))
  const single = count === 1
  const [across, down] = [Math.max(...components.map((one) => one.across)), Math.max(...components.map((one) => one.down))]
  const units = Math.ceil(width / (single ? 8 : 8 * across)) * Math.ceil(height / (single ? 8 : 8 * down))
  const blocks = Array.from({ length: count }, (_, at) => {
    const [id, selector = 0] = bytes.subarray(scan.start + 1 + 2 * at)
    const [dc, ac] = [tables.get(selector >> 4), tables.get(16 + (selector & 15))]
    const of = components.find((one) => one.id === id)
    return dc && ac && of ? Array.from({ length: single ? 1 : of.across * of.down }, () => ({ dc, ac })) : []
  })
  if (blocks.some(({ length }) => length === 0)) return undefined
  return { start: scan.end, units, interval: interval === 0 ? units : interval, blocks: blocks.flat() }
}

function component(bytes: Uint8Array, at: number): Component {
  const [id = 0, sampling = 0] = bytes.subarray(at)
  return { id, across: sampling >> 4, down: sampling & 15 }
}

const uint16 = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
