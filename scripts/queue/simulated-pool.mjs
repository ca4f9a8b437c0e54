import { createHash } from 'node:crypto'

/** Numbers in a simulated code. */
export const codeLength = 64

/** The code of an image file: float16 numbers from its sha256, none of them NaN or infinite. */
export function simulatedCode(bytes) {
  const digest = createHash('sha256').update(bytes).digest()
  return Uint16Array.from({ length: codeLength }, (_, at) => digest.readUInt16LE((2 * at) % 32) & 0xbbff)
}

/** Threads that are none: the forward pass is a hash, in the worker's own thread. */
export async function openSimulatedPool({ kinds }) {
  const on = kinds.map(() => ({ engine: 'onnx', version: 'simulated', provider: 'cpu', cpu: 'simulated' }))
  const pool = {
    size: 2,
    threads: { decode: 1, forward: 1 },
    recycle: () => undefined,
    async code(images, wanted) {
      const results = wanted.map(({ images: positions, dtype }) => {
        const codes = new Uint16Array(positions.length * codeLength)
        for (const [row, at] of positions.entries()) codes.set(simulatedCode(images[at]), row * codeLength)
        return { refused: [], dtype, shape: [codeLength], codes, forward: 0, heldBatch: undefined }
      })
      return { id: 0, results, seconds: { decode: 0, forward: 0 }, freed: [] }
    },
  }
  return { pool, on, batch: 32, close: async () => undefined }
}
