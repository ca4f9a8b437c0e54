import { type Constant, type ConstantType, NotConstant, RecordedTensor, type Relaid } from './recorded-tensor.js'

/** A value of a GraphDef's attribute, as TensorFlow.js' JSON has it. */
export type TfAttribute =
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly type: string }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } }
  | ShapeAttribute

interface ShapeAttribute {
  readonly shape: { readonly dim: readonly { readonly size: string }[] }
}

/** A node that is written. */
export interface TfNodeDef {
  readonly name: string
  readonly op: string
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, TfAttribute>>
}

/** Nodes, each behind those that it takes, and constants by name. */
export interface TfGraph {
  readonly nodes: readonly TfNodeDef[]
  readonly constants: ReadonlyMap<string, Constant>
}

/** What a node gives, and its attributes. */
export interface Output extends Pick<Constant, 'shape' | 'dtype'> {
  readonly attr?: TfNodeDef['attr']
  readonly relaid?: Relaid
}

const types = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' } as const

/** A type as GraphDefs name it. */
export const typeName = (dtype: ConstantType): string => types[dtype]

const base64 = (text: string) => Buffer.from(text).toString('base64')
export const int = (value: number): TfAttribute => ({ i: String(value) })
export const ints = (values: readonly number[]): TfAttribute => ({ list: { i: values.map(String) } })
export const float = (value: number): TfAttribute => ({ f: value })
export const flag = (value: boolean): TfAttribute => ({ b: value })
export const text = (value: string): TfAttribute => ({ s: base64(value) })
export const texts = (values: readonly string[]): TfAttribute => ({ list: { s: values.map(base64) } })
export const type = (dtype: ConstantType): TfAttribute => ({ type: typeName(dtype) })
export const shape = (dims: readonly number[]): ShapeAttribute => ({ shape: { dim: dims.map((size) => ({ size: String(size) })) } })

/** Constants of at most so many numbers are kept once where they are equal. */
const smallConstant = 16

/**
 * Stands for the length of the batch in shapes where it is open: a prime that no side of a layer is a multiple of, so that a side that is one
 * comes from the batch.
 */
const openBatch = 1_000_003

/** Numbers so near to it are places counted from the end of the batch. */
const nearBatch = 1000

/** Writes a GraphDef node by node. */
export class GraphWriter implements TfGraph {
  readonly nodes: TfNodeDef[] = []
  /** The length of the batch in the shapes of tensors. */
  readonly batch: number
  readonly #isOpen: boolean
  readonly constants = new Map<string, Constant>()
  readonly #names = new Map<Constant, string>()
  readonly #small = new Map<string, Constant>()

  /** @param batch length of the batch, where it is fixed. */
  constructor(batch?: number) {
    this.batch = batch ?? openBatch
    this.#isOpen = batch === undefined
  }

  /** A shape as nodes have it: −1 for the side that an open batch is in. */
  open(shape: readonly number[]): number[] {
    const open = shape.map((side) => (this.#isOpen && side % openBatch === 0 ? -1 : side))
    if (open.filter((side) => side === -1).length > 1) throw new NotConstant('a shape that has the number of images twice')
    return open
  }

  /** Adds a node of one output. */
  add(op: string, inputs: readonly RecordedTensor[], { attr, relaid, ...output }: Output): RecordedTensor {
    return new RecordedTensor(this.addNode(op, inputs, attr), output, relaid ? { relaid } : {})
  }

  /** Adds a node, and gives its name: one of its own, unless told. */
  addNode(op: string, inputs: readonly RecordedTensor[], attr: TfNodeDef['attr'] = {}, named?: string): string {
    const name = named ?? `${op.replace(/^_/, '')}_${this.nodes.length + 1}`
    this.nodes.push({ name, op, input: inputs.map((tensor) => this.#nameOf(tensor)), attr })
    return name
  }

  #nameOf({ name, constant }: RecordedTensor): string {
    if (!constant) return name
    const kept = this.#kept(constant)
    const known = this.#names.get(kept)
    if (known !== undefined) return known
    const given = `const_${this.constants.size + 1}`
    this.#names.set(kept, given)
    this.constants.set(given, kept)
    return given
  }

  #kept(constant: Constant): Constant {
    if (constant.data.length > smallConstant) return constant
    if (this.#isOpen && constant.data.some((value) => Math.abs(value - openBatch) < nearBatch))
      throw new NotConstant('the number of images as a number')
    const key = `${constant.dtype}[${constant.shape.join()}]${[...constant.data].map((value) => (Object.is(value, -0) ? '-0' : value)).join()}`
    const known = this.#small.get(key)
    if (!known) this.#small.set(key, constant)
    return known ?? constant
  }
}
