import type { Floats } from '../base/floats.js'
import { toFloats } from './number-type.js'
import type { TfjsGroup, TfjsWeight } from './tfjs-manifest.js'
import type { WeightTensor } from './weights.js'

const bytesOf = { float32: 4, float16: 2, int32: 4, bool: 1, uint8: 1, uint16: 2 } as const

/** Bytes that a group's weights take. */
export function groupBytes({ weights }: TfjsGroup): number {
  return weights.reduce((sum, weight) => sum + weightBytes(weight), 0)
}

/** The weights of a group from the bytes of its files. */
export function groupWeights({ weights }: TfjsGroup, bytes: Uint8Array): readonly WeightTensor[] {
  let at = 0
  return weights.map((weight) => {
    const start = at
    at += weightBytes(weight)
    return { name: weight.name, shape: weight.shape, data: valuesOf(weight, bytes.subarray(start, at)) }
  })
}

function weightBytes({ size, storage }: TfjsWeight): number {
  return size * bytesOf[storage.type]
}

function valuesOf({ storage }: TfjsWeight, bytes: Uint8Array): Floats {
  if (storage.type !== 'uint8' && storage.type !== 'uint16') return toFloats(storage.type, bytes)
  const stored = storage.type === 'uint8' ? bytes : new Uint16Array(new Uint8Array(bytes).buffer) // a copy is aligned
  const { scale, min, isWhole } = storage
  const unfolded = (value: number) => value * scale + min
  return Float32Array.from(stored, isWhole ? (value) => Math.round(unfolded(value)) : unfolded)
}
