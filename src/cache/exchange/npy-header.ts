import type { Dtype } from '../dtype.js'

/** What the header of a .npy file says. */
export interface NpyHeader {
  readonly dtype: Dtype
  readonly shape: readonly number[]
}

/** Bytes of the header that are needed to read it, at most: more than any that describes codes. */
export const npyHeaderBytes = 4096

const magic = '\x93NUMPY'
const names = { '<f2': 'float16', '<f4': 'float32' } as const

/** The header of a C-ordered .npy file, version 1.0. Source: numpy.lib.format. */
export function npyHeader({ dtype, shape }: NpyHeader): Buffer {
  const descr = dtype === 'float16' ? '<f2' : '<f4'
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n` // 10 bytes before it: 64 divides the whole
  const start = Buffer.from(`${magic}\x01\x00\x00\x00`, 'latin1')
  start.writeUInt16LE(padded.length, 8)
  return Buffer.concat([start, Buffer.from(padded, 'latin1')])
}

/**
 * Reads the header of a .npy file, of any version, and how many bytes it takes.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function readNpyHeader(bytes: Buffer): NpyHeader & { readonly bytes: number } {
  if (bytes.toString('latin1', 0, 6) !== magic || bytes.length < 12) throw new Error('it is no .npy file')
  const isFirst = bytes[6] === 1
  const from = isFirst ? 10 : 12
  const end = from + (isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8))
  const text = bytes.toString('latin1', from, end)
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1]
  const isRows = /'fortran_order':\s*False/.test(text)
  const dtype = Object.entries(names).find(([name]) => name === descr)?.[1]
  if (!dtype || !isRows)
    throw new Error(`its numbers are ${descr ?? 'of no type'}${isRows ? '' : ', not in C order'}; <f2 and <f4 can be read`)
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1]?.split(',') ?? []
  return { dtype, shape: shape.filter((side) => side.trim() !== '').map(Number), bytes: end }
}
