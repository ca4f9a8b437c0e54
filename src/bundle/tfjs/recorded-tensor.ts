import { product } from '../../base/product.js'
import type { TfTensor } from '../../engine/tensorflow/tensorflow.js'

export type ConstantType = 'float32' | 'int32' | 'bool'
export type ConstantData = Float32Array | Int32Array | Uint8Array

/** A constant of a graph that is written: row-major. */
export interface Constant {
  readonly dtype: ConstantType
  readonly shape: readonly number[]
  readonly data: ConstantData
}

/** Where a tensor comes from that only lays out another one's numbers anew. */
export type Relaid =
  | { readonly kind: 'transposed'; readonly x: RecordedTensor; readonly perm: readonly number[] }
  | { readonly kind: 'reshaped'; readonly x: RecordedTensor }

/** Why numbers of a tensor cannot be had while a graph is recorded. */
export class NotConstant extends Error {}

/** A tensor of a graph that is written down instead of being run: a node's output, or a constant. */
export class RecordedTensor implements TfTensor {
  /** As nodes name it, NODE or NODE:OUTPUT; of a constant '' until a node takes it. */
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: ConstantType
  readonly constant: Constant | undefined
  readonly relaid: Relaid | undefined

  constructor(name: string, { shape, dtype }: Pick<Constant, 'shape' | 'dtype'>, { constant, relaid }: Origin = {}) {
    this.name = name
    this.shape = shape
    this.dtype = dtype
    this.constant = constant
    this.relaid = relaid
  }

  get size(): number {
    return product(this.shape)
  }

  async data(): Promise<ConstantData> {
    return this.dataSync()
  }

  dataSync(): ConstantData {
    if (this.constant) return this.constant.data
    throw new NotConstant('numbers that are only known when it runs')
  }

  dispose(): void {}
}

interface Origin {
  readonly constant?: Constant
  readonly relaid?: Relaid
}

/** What the recorder itself made; it is given nothing else. */
export function recorded(tensor: TfTensor): RecordedTensor {
  if (tensor instanceof RecordedTensor) return tensor
  throw new Error('Expected a tensor of the recorder')
}
