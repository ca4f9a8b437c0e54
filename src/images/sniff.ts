/** The formats that are decoded; every other one is refused before a decoder sees it. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff'

/** Magic bytes as Latin-1 text: [offset, bytes]. */
type Magic = readonly [number, string]

const FORMATS: readonly (readonly [ImageFormat, ...Magic])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['tiff', 0, 'II+\0'],
  ['tiff', 0, 'MM\0+'],
]

const OTHERS: readonly (readonly [string, ...Magic])[] = [
  ['a PDF document', 0, '%PDF'],
  ['a BMP image', 0, 'BM'],
  ['a Photoshop file', 0, '8BPS'],
  ['an icon file', 0, '\0\0\x01\0'],
  ['a JPEG XL image', 0, '\xff\x0a'],
  ['a JPEG XL image', 4, 'JXL '],
  ['a JPEG 2000 image', 4, 'jP  '],
  ['an OpenEXR image', 0, 'v/1\x01'],
  ['a ZIP archive', 0, 'PK\x03\x04'],
  ['gzip-compressed data', 0, '\x1f\x8b'],
]

/** The format by its magic bytes alone (never by the file's name), or undefined. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = headOf(bytes, 256)
  if (head.startsWith('WEBP', 8) && !head.startsWith('RIFF')) return undefined
  const known = FORMATS.find(([, at, magic]) => head.startsWith(magic, at))
  if (known) return known[0]
  return brandsOf(head).some((brand) => brand === 'avif' || brand === 'avis') ? 'avif' : undefined
}

/** What bytes that are none of these formats seem to be, for a message: "an SVG drawing", "a PDF document", "text", … */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file'
  const head = headOf(bytes, 1024)
  const brands = brandsOf(head.slice(0, 256))
  if (brands.some((brand) => /^(he[ivm]|mif1|msf1)/.test(brand))) return 'an HEIC image'
  if (brands.length > 0) return 'an MP4 file or one of its kin'
  const known = OTHERS.find(([, at, magic]) => head.startsWith(magic, at))
  if (known) return known[0]
  return isText(head) ? describeText(head) : 'unknown data'
}

function describeText(head: string): string {
  if (/<svg[\s>]/i.test(head)) return 'an SVG drawing'
  return /^\W*(<!doctype html|<html)/i.test(head) ? 'an HTML page' : 'text'
}

/** UTF-8 without control characters but tab, line feed, form feed and carriage return; the last character may be cut. */
function isText(head: string): boolean {
  const characters = [...Buffer.from(head, 'latin1').toString('utf8').slice(0, -1)]
  return characters.every((character) => character !== '\ufffd' && (character >= ' ' || '\t\n\f\r'.includes(character)))
}

/** The major and compatible brands of an ISO base media file (AVIF, HEIC, MP4). */
function brandsOf(head: string): readonly string[] {
  if (!head.startsWith('ftyp', 4)) return []
  const end = Math.min(head.length, head.charCodeAt(2) * 256 + head.charCodeAt(3))
  const names = [head.slice(8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) names.push(head.slice(at, at + 4))
  return names
}

function headOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, length)).toString('latin1')
}
