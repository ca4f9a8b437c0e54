import { floatOf, intOf, intsOf } from '../../graph/attributes.js'
import { elementTypeOf, type Tensor } from '../../graph/graph.js'
import { floatsOf } from '../../graph/tensor-floats.js'
import { type Operator, refusal } from './operator.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import { plain } from './value.js'

const integers = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array }
const longIntegers = { int64: BigInt64Array, uint64: BigUint64Array }

/** Uploads a constant: floating-point numbers as float32, integers as int32, the largest of those kinds for what is beyond. */
export function constantTensor(tf: Tensorflow, tensor: Tensor): TfTensor {
  const { type, dims, bytes } = tensor
  const { buffer } = new Uint8Array(bytes) // a copy: in a file numbers lie at any offset, in typed arrays only at some
  switch (type) {
    case 'float32':
    case 'float16':
      return tf.tensor(floatsOf(tensor) ?? [], dims, 'float32')
    case 'float64':
      return tf.tensor(Float32Array.from(new Float64Array(buffer)), dims, 'float32')
    case 'bfloat16':
      return tf.tensor(new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer), dims, 'float32')
    case 'bool':
      return tf.tensor(new Uint8Array(buffer), dims, 'bool')
    case 'int64':
    case 'uint64':
      return tf.tensor(Int32Array.from(new longIntegers[type](buffer), clamped), dims, 'int32')
    default:
      return tf.tensor(Int32Array.from(new integers[type](buffer)), dims, 'int32')
  }
}

/** Exporters write "to the end" as the largest 64-bit integer, and TensorFlow.js has none beyond 32 bits. */
function clamped(value: bigint): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value)))
}

/** A constant that stands in the node. */
export const constant: Operator = (node, { tf }) => ({
  apply: () => {
    const { value, value_floats: floats } = node.attributes
    if (value?.kind === 'tensor') return plain(constantTensor(tf, value.value))
    if (floats?.kind === 'floats') return plain(tf.tensor(floats.value, [floats.value.length], 'float32'))
    const whole = intsOf(node, 'value_ints')
    if (whole) return plain(tf.tensor(whole, [whole.length], 'int32'))
    const one = intOf(node, 'value_int', undefined)
    if (one !== undefined) return plain(tf.tensor([one], [], 'int32'))
    if (node.attributes.value_float) return plain(tf.tensor([floatOf(node, 'value_float', 0)], [], 'float32'))
    throw refusal(node, 'a constant that is neither numbers nor a tensor')
  },
})

const kinds: Readonly<Record<string, 'float32' | 'int32' | 'bool'>> = { float32: 'float32', int32: 'int32', int64: 'int32', bool: 'bool' }

/** The same numbers as another type; constants of float16 come as float32 already. */
export const cast: Operator = (node, { tf }) => {
  const type = elementTypeOf(intOf(node, 'to', 0))
  const kind = kinds[type ?? '']
  if (!kind) throw refusal(node, `a cast to ${type ?? 'an unknown type'}`)
  return { apply: ({ at }) => ({ channels: at(0).channels, tensor: tf.cast(at(0).tensor, kind) }) }
}
