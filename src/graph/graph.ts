import type { onnx } from 'onnx-proto'

/** Element types of ONNX tensors that this project reads and writes (TensorProto.DataType). */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const

export type ElementType = keyof typeof elementTypes

const byId = new Map<number, string>(Object.entries(elementTypes).map(([name, id]) => [id, name]))

/** Whether this is the name of an element type. */
export function isElementType(name: string | undefined): name is ElementType {
  return name !== undefined && Object.hasOwn(elementTypes, name)
}

/** The element type that TensorProto.DataType numbers so; undefined for strings, complex numbers and newer kinds. */
export function elementTypeOf(id: number | null | undefined): ElementType | undefined {
  const name = byId.get(id ?? 0)
  return isElementType(name) ? name : undefined
}

/** A constant: row-major, little-endian bytes. */
export interface Tensor {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly bytes: Uint8Array
}

/** An attribute of a node; `other` holds what the project has no use for (subgraphs and the like) as it was read. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'other'; readonly value: onnx.IAttributeProto }

export interface Node {
  readonly name: string
  readonly op: string
  /** '' for the standard operators. */
  readonly domain: string
  /** Names of tensors; '' where an optional input is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** A named value with its type; a dimension is a number, a symbol, or null where nothing is said. */
export interface ValueInfo {
  readonly name: string
  readonly type: ElementType | undefined
  readonly dims: readonly (number | string | null)[] | undefined
}

/** An ONNX graph as a value: nodes in topological order, constants by name. */
export interface Graph {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, Tensor>
  /** Operator set versions by domain. */
  readonly opsets: ReadonlyMap<string, number>
  /** What a file says of itself beside the network, such as how its images are prepared. */
  readonly metadata?: ReadonlyMap<string, string> | undefined
}

/** A standard node with one output, named after it. */
export function node(op: string, name: string, inputs: readonly string[], attributes: Node['attributes'] = {}): Node {
  return { name, op, domain: '', inputs, outputs: [name], attributes }
}

/** The name a layer goes by: the node's name, or else its first output's. */
export function layerName(of: Node): string {
  return of.name || (of.outputs[0] ?? '')
}

/** The node that computes a tensor, or undefined for inputs and constants. */
export function producerOf(graph: Graph, tensor: string): Node | undefined {
  return graph.nodes.find((candidate) => candidate.outputs.includes(tensor))
}
