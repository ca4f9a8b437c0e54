/** A colour that libvips takes. */
interface Colour {
  readonly r: number
  readonly g: number
  readonly b: number
}

/** The first frame of a GIF, as it stands on its screen. */
export interface GifFirstFrame {
  readonly isTransparent: boolean
  /** The same file with a first frame without transparency: such pixels show the colour that their index has in the palette. */
  readonly opaque: Buffer
  /** Where the frame lies on the screen, in pixels. */
  readonly area: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** The screen around the frame, in pixels. */
  readonly margins: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
  /** The colour of the screen around the frame, as Pillow has it: that of the transparent index, else of index 0. */
  readonly background: Colour
}

const EXTENSION = 0x21
const GRAPHIC_CONTROL = 0xf9
const IMAGE = 0x2c

/**
 * Finds a GIF's first frame; undefined where the file ends before it, or where it has no size.
 *
 * Source of the format: GIF89a specification, sections 17 to 23.
 */
export function gifFirstFrame(bytes: Buffer): GifFirstFrame | undefined {
  const opaque = Buffer.from(bytes)
  const byteAt = (at: number) => bytes[at] ?? 0
  const wordAt = (at: number) => byteAt(at) + 256 * byteAt(at + 1)
  let at = 13 + paletteLength(byteAt(10))
  let transparent: number | undefined
  while (byteAt(at) === EXTENSION) {
    if (byteAt(at + 1) === GRAPHIC_CONTROL && byteAt(at + 3) & 1) {
      opaque.writeUInt8(byteAt(at + 3) & ~1, at + 3)
      transparent = byteAt(at + 6)
    }
    at += 2
    while (byteAt(at) > 0) at += byteAt(at) + 1
    at++
  }
  const [left, top, width, height] = [wordAt(at + 1), wordAt(at + 3), wordAt(at + 5), wordAt(at + 7)]
  if (byteAt(at) !== IMAGE || width === 0 || height === 0) return undefined
  const colour = (paletteLength(byteAt(at + 9)) > 0 ? at + 10 : 13) + 3 * (transparent ?? 0)
  return {
    isTransparent: transparent !== undefined,
    opaque,
    area: { left, top, width, height },
    margins: { left, top, right: Math.max(0, wordAt(6) - left - width), bottom: Math.max(0, wordAt(8) - top - height) },
    background: { r: byteAt(colour), g: byteAt(colour + 1), b: byteAt(colour + 2) },
  }
}

/** Bytes of the palette that a packed field announces. */
const paletteLength = (packed: number) => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0)
