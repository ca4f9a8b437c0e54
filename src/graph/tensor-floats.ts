import type { Floats } from '../base/floats.js'
import { fromFloat16Plain } from '../kernels/float16-plain.js'
import type { Tensor } from './graph.js'

/** The numbers of a float32 or float16 constant in memory of their own; undefined for other types. */
export function floatsOf({ type, bytes }: Tensor): Floats | undefined {
  const { buffer } = Uint8Array.from(bytes) // aligned
  if (type === 'float32') return new Float32Array(buffer)
  if (type !== 'float16') return undefined
  const floats = new Float32Array(bytes.length / 2)
  fromFloat16Plain(new Uint16Array(buffer), floats)
  return floats
}
