import { type Constant, RecordedTensor } from './recorded-tensor.js'

/** What holds the numbers of a constant. */
export const typedArrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/** A constant as a tensor, which becomes a node where one takes it. */
export function constant(value: Constant): RecordedTensor {
  return new RecordedTensor('', value, { constant: value })
}

/** A list of whole numbers. */
export function integers(values: readonly number[]): RecordedTensor {
  return constant({ dtype: 'int32', shape: [values.length], data: Int32Array.from(values) })
}

/** A whole number. */
export function integer(value: number): RecordedTensor {
  return constant({ dtype: 'int32', shape: [], data: Int32Array.of(value) })
}

const largest = (2 - 2 ** -23) * 2 ** 127

/** A float32 number; infinite ones become the largest there is, since shaders of WebGL need not know infinity. */
export function number(value: number): RecordedTensor {
  return constant({ dtype: 'float32', shape: [], data: Float32Array.of(Math.max(-largest, Math.min(largest, value))) })
}
