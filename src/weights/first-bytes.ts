import { open } from 'node:fs/promises'

/** What a file begins with, by which its kind is told: 8 bytes, or all there are. */
export async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** HDF5, and so Keras .h5. */
export const isHdf5 = (start: Buffer) => start.toString('latin1', 0, 4) === '\x89HDF'

/** A zip archive: .keras, and .pth of torch. */
export const isZip = (start: Buffer) => start.toString('latin1', 0, 2) === 'PK'

/** A pickle, and so .pth of torch before 1.6. A .safetensors file may begin with the same byte. */
export const isPickle = (start: Buffer) => start[0] === 0x80
