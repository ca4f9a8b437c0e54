import type { ImageSize } from './pixels.js'
import type { PackedTable } from './resample-packed.js'

/** Where everything of one resize lies in the kernels' memory: byte offsets, aligned to 16. */
export interface ResampleLayout {
  readonly across: number
  readonly down: number
  /** Room for the normalisation's 24 floats. */
  readonly parameters: number
  /** uint8 [stripRows, width · 3]: the rows of the source that are copied in at a time. */
  readonly strip: number
  readonly stripRows: number
  /** uint8 [height, stride]: the source after the horizontal pass. */
  readonly wide: number
  /** uint8 [target.height, stride]: the result. */
  readonly bytes: number
  /** Bytes in a row of `wide` and `bytes`. */
  readonly stride: number
  /** float32, three planes of `planeBytes` each. */
  readonly floats: number
  readonly planeBytes: number
  readonly end: number
}

/** The source enters in strips of about this size, so that a huge image costs little more memory than a small one. */
const STRIP_BYTES = 2 ** 19
/** The kernels work on four rows at a time and may look one row further, with weight 0. */
const ROW_GROUP = 4
/** What SIMD loads and stores may touch behind the end of a buffer. */
const SLACK = 64

export function resampleLayout(
  base: number,
  image: ImageSize,
  target: ImageSize,
  tables: { across: PackedTable; down: PackedTable },
): ResampleLayout {
  const stride = aligned(target.width * 3 + 1)
  const stripRows = Math.min(Math.max(inGroups(STRIP_BYTES / (image.width * 3)), ROW_GROUP), inGroups(image.height))
  const planeBytes = aligned(target.width * target.height * 4 + SLACK)
  let next = base
  const place = (bytes: number): number => {
    const start = next
    next = aligned(next + bytes)
    return start
  }
  return {
    across: place(tables.across.words.byteLength),
    down: place(tables.down.words.byteLength),
    parameters: place(24 * 4),
    strip: place(stripRows * image.width * 3 + SLACK),
    stripRows,
    wide: place((inGroups(image.height) + 1) * stride + SLACK),
    bytes: place(target.height * stride + SLACK),
    stride,
    floats: place(3 * planeBytes),
    planeBytes,
    end: next,
  }
}

function inGroups(rows: number): number {
  return Math.ceil(rows / ROW_GROUP) * ROW_GROUP
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16
}
