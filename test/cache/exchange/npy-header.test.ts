import { describe, expect, it } from 'vitest'
import { npyHeader, readNpyHeader } from '../../../src/cache/exchange/npy-header.js'

/** What numpy 2.4 writes before the numbers of np.zeros((8677, 7, 7, 1280), '<f2'), and of np.zeros(3, '<f4'). */
const byNumpy = [
  { dtype: 'float16', shape: [8677, 7, 7, 1280], text: "{'descr': '<f2', 'fortran_order': False, 'shape': (8677, 7, 7, 1280), }" },
  { dtype: 'float32', shape: [3], text: "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }" },
] as const

const headerOf = (text: string, version = 1) => {
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(text.length, 0, length.length)
  return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([version, 0]), length, Buffer.from(text)])
}

describe('npyHeader', () => {
  it.each(byNumpy)('is what numpy writes: $dtype $shape', ({ text, ...header }) => {
    const bytes = npyHeader(header)
    expect(bytes.length).toBe(128)
    expect(bytes).toEqual(headerOf(`${text.padEnd(117)}\n`))
    expect(readNpyHeader(bytes)).toEqual({ ...header, bytes: 128 })
  })

  it.each([1, 100, 1e7, 1e15])('fills up to a multiple of 64 bytes: %i', (side) => {
    const shape = Array.from({ length: 4 }, () => side)
    const bytes = npyHeader({ dtype: 'float32', shape })
    expect(bytes.length % 64).toBe(0)
    expect(readNpyHeader(bytes)).toEqual({ dtype: 'float32', shape, bytes: bytes.length })
  })

  it('reads later versions', () => {
    expect(readNpyHeader(headerOf(byNumpy[0].text, 2))).toMatchObject({ dtype: 'float16', shape: byNumpy[0].shape })
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'it is no .npy file'],
    ['no header', Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0]), 'it is no .npy file'],
    ['float64', headerOf(byNumpy[1].text.replace('f4', 'f8')), 'its numbers are <f8; <f2 and <f4 can be read'],
    ['Fortran order', headerOf(byNumpy[1].text.replace('False', 'True')), 'its numbers are <f4, not in C order; <f2 and <f4 can be read'],
    ['no type', headerOf('{}'), 'its numbers are of no type, not in C order; <f2 and <f4 can be read'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNpyHeader(bytes)).toThrow(message)
  })
})
