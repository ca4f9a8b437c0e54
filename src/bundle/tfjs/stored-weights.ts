import { toFloat16Plain } from '../../kernels/float16-plain.js'
import type { TfGraph } from './graph-writer.js'
import type { Constant, ConstantType } from './recorded-tensor.js'

/** How the numbers of an exported network are stored; the network computes in float32 either way. */
export const tfjsPrecisions = ['float32', 'float16'] as const
export type TfjsPrecision = (typeof tfjsPrecisions)[number]

/** A weight as the manifest of a model.json lists it. */
interface WeightEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: ConstantType
  readonly quantization?: { readonly dtype: 'float16'; readonly original_dtype: 'float32' }
}

export interface StoredWeights {
  readonly entries: readonly WeightEntry[]
  /** The bytes of all weights, one behind the other, in files of equal length but for the last. */
  readonly shards: readonly Uint8Array[]
}

/** Of a shard, as TensorFlow.js' own converter makes them: browsers keep files of this length in their cache. */
const shardBytes = 4 * 1024 * 1024

/**
 * A graph's constants as TensorFlow.js reads them. With float16 the kernels of convolutions and the matrices are stored so, and read back as
 * float32; all else stays as it is, and so does what has numbers that float16 cannot hold.
 *
 * Source: @tensorflow/tfjs-core 4.22, src/io/io_utils.ts, decodeWeights.
 */
export function storeWeights({ nodes, constants }: TfGraph, precision: TfjsPrecision): StoredWeights {
  const kernels = new Set(nodes.flatMap(({ op, input }) => (/Conv2[dD]|MatMul/.test(op) ? input.slice(1, 2) : [])))
  const stored = [...constants].map(([name, constant]) => {
    const entry: WeightEntry = { name, shape: constant.shape, dtype: constant.dtype }
    const halves = precision === 'float16' && kernels.has(name) ? toHalves(constant) : undefined
    const { buffer, byteOffset, byteLength } = halves ?? constant.data
    const bytes = new Uint8Array(buffer, byteOffset, byteLength)
    return { bytes, entry: halves ? { ...entry, quantization: { dtype: 'float16', original_dtype: 'float32' } as const } : entry }
  })
  return { entries: stored.map(({ entry }) => entry), shards: [...inShards(stored.map(({ bytes }) => bytes))] }
}

function toHalves({ data }: Constant): Uint16Array | undefined {
  if (!(data instanceof Float32Array)) return undefined
  const halves = new Uint16Array(data.length)
  return toFloat16Plain(data, halves).overflow ? undefined : halves
}

function* inShards(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  const whole = Buffer.concat(pieces)
  for (let from = 0; from < whole.length; from += shardBytes) yield whole.subarray(from, from + shardBytes)
}
