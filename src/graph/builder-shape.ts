import type { AnyValue, Dims, Step, Value } from './builder-layer.js'
import { type Node, node, type Tensor } from './graph.js'

/** Where the axes of a map come from, the batch being 0. */
type Order = readonly [0, number, number, number]

const toLast: Order = [0, 2, 3, 1]
const toFirst: Order = [0, 3, 1, 2]

/** @param perm where each axis comes from, the batch being 0: [0, 2, 3, 1] puts the channels last. */
export function transposeStep(name: string, x: Value, perm: Order): Step {
  const [first = 0, second = 0, third = 0] = perm.slice(1).map((axis) => x.dims[axis - 1])
  return { inputs: [x], nodes: [transposeNode(name, x.name, perm)], dims: [first, second, third] }
}

/**
 * The axes of a tensor in another order, both orders with the channels last.
 *
 * @param axes where each axis comes from, the first behind the batch being 1.
 */
export function permuteStep(name: string, x: AnyValue, axes: readonly number[]): Step<readonly number[]> {
  const { shape, tensor, nodes } = channelsLast(name, x)
  const turned = axes.map((axis) => shape[axis - 1] ?? 1)
  const isMap = turned.length === 3
  const turn = transposeNode(isMap ? `${name}:permuted` : name, tensor, [0, ...axes])
  return { inputs: [x], nodes: [...nodes, turn, ...(isMap ? [transposeNode(name, turn.name, toFirst)] : [])], dims: storedDims(turned) }
}

/** All numbers of an image in one row, those of a map with the channels last. */
export function flattenStep(name: string, x: AnyValue): Step<readonly [number]> {
  const { tensor, nodes } = channelsLast(name, x)
  const flatten = node('Flatten', name, [tensor], { axis: { kind: 'int', value: 1 } })
  return { inputs: [x], nodes: [...nodes, flatten], dims: [sizeOf(x.dims)] }
}

/** @param shape of one image, channels last, without −1. */
export function reshapeStep(name: string, x: AnyValue, shape: readonly number[]): Step<readonly number[]> {
  const { tensor, nodes } = channelsLast(name, x)
  const isMap = shape.length === 3
  const reshape = node('Reshape', isMap ? `${name}:reshaped` : name, [tensor, `${name}/shape`])
  return {
    inputs: [x],
    nodes: [...nodes, reshape, ...(isMap ? [transposeNode(name, reshape.name, toFirst)] : [])],
    dims: storedDims(shape),
    constants: { [`${name}/shape`]: integers([-1, ...shape]) },
  }
}

/** A new shape for a tensor with −1, which may stand once in it, worked out; undefined where the tensor has not as many numbers. */
export function wholeShape(x: AnyValue, asked: readonly number[]): readonly number[] | undefined {
  const known = asked.reduce((all, side) => (side === -1 ? all : all * side), 1)
  const shape = asked.map((side) => (side === -1 ? sizeOf(x.dims) / known : side))
  const fits = shape.every((side) => Number.isInteger(side) && side > 0) && sizeOf(shape) === sizeOf(x.dims)
  return fits ? shape : undefined
}

/** Nothing but a name. */
export function identityStep<Shape extends readonly number[]>(name: string, x: Value<Shape>): Step<Shape> {
  return { inputs: [x], nodes: [node('Identity', name, [x.name])], dims: x.dims }
}

/** The shape of a tensor as Keras sees it, channels last. */
export function shownShape({ dims }: AnyValue): readonly number[] {
  const [channels = 1, height = 1, width = 1] = dims
  return dims.length === 3 ? [height, width, channels] : dims
}

/** The dimensions of a tensor of a shape that has its channels last. */
export function storedDims(shape: readonly number[]): readonly number[] {
  const [height = 1, width = 1, channels = 1] = shape
  return shape.length === 3 ? ([channels, height, width] satisfies Dims) : shape
}

/** A tensor with its channels last, and what makes it so. */
function channelsLast(
  name: string,
  x: AnyValue,
): { readonly shape: readonly number[]; readonly tensor: string; readonly nodes: readonly Node[] } {
  const shape = shownShape(x)
  if (shape.length !== 3) return { shape, tensor: x.name, nodes: [] }
  const turn = transposeNode(`${name}:image`, x.name, toLast)
  return { shape, tensor: turn.name, nodes: [turn] }
}

function transposeNode(name: string, tensor: string, perm: readonly number[]): Node {
  return node('Transpose', name, [tensor], { perm: { kind: 'ints', value: perm } })
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((all, side) => all * side, 1)
}

/** A constant list of whole numbers. */
export function integers(values: readonly number[]): Tensor {
  return { type: 'int64', dims: [values.length], bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) }
}
