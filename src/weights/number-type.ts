import type { Floats } from '../base/floats.js'
import { createFloat16, type Float16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'

/** How a weight file writes its numbers, little-endian. */
export type NumberType = 'float64' | 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool'

/** Bytes of one number. */
export const bytesOf: Readonly<Record<NumberType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
}

/** The numbers as float32 in memory of their own; doubles and long integers are rounded. */
export function toFloats(type: NumberType, bytes: Uint8Array): Floats {
  const { buffer } = new Uint8Array(bytes) // a copy: aligned, and free of the whole file
  switch (type) {
    case 'float64':
      return new Float32Array(new Float64Array(buffer))
    case 'float32':
      return new Float32Array(buffer)
    case 'float16':
      return fromHalves(new Uint16Array(buffer))
    case 'bfloat16':
      return fromUpperHalves(new Uint16Array(buffer))
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer), Number)
    case 'int32':
      return new Float32Array(new Int32Array(buffer))
    case 'int16':
      return new Float32Array(new Int16Array(buffer))
    case 'int8':
      return new Float32Array(new Int8Array(buffer))
    default:
      return new Float32Array(new Uint8Array(buffer))
  }
}

/** bfloat16 is the upper half of a float32. */
function fromUpperHalves(halves: Uint16Array): Floats {
  const bits = new Uint32Array(halves)
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) << 16
  return new Float32Array(bits.buffer)
}

let float16: Float16 | undefined // one for each thread, made when first needed

function fromHalves(halves: Uint16Array): Floats {
  float16 ??= createFloat16(createKernels())
  const floats = new Float32Array(halves.length)
  float16.fromFloat16(halves, floats)
  return floats
}
