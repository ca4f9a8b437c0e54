import { type Attribute, type ElementType, elementTypes, type Graph, type Node, node, type Tensor } from '../../src/graph/graph.js'
import { graphOf, integers, noise, tensor, value } from './tiny-graph.js'

const int = (number: number): Attribute => ({ kind: 'int', value: number })
const ints = (...numbers: number[]): Attribute => ({ kind: 'ints', value: numbers })
const float = (number: number): Attribute => ({ kind: 'float', value: number })
const text = (word: string): Attribute => ({ kind: 'string', value: word })

/** An operator on the image, or a chain of nodes that ends in `y`. */
export interface OperatorCase {
  readonly nodes: readonly Node[]
  readonly constants?: Readonly<Record<string, Tensor>>
  readonly opset?: number
  /** Default [2, 6, 11, 9]. */
  readonly dims?: readonly number[]
}

const one = (op: string, attributes: Node['attributes'] = {}, constants: Record<string, Tensor> = {}, opset = 17): OperatorCase => ({
  nodes: [node(op, 'y', ['image', ...Object.keys(constants)], attributes)],
  constants,
  opset,
})

const conv = (attributes: Node['attributes'], [outputs = 4, inputs = 6, height = 3, width = 3]: number[] = []): OperatorCase =>
  one('Conv', attributes, { weight: noise([outputs, inputs, height, width]), bias: noise([outputs], 2) })

/** The numbers of a part of a map's shape, [2, 3, 10, 9]. */
const shapePart = (start?: number, end?: number): OperatorCase => ({
  nodes: [
    node('Conv', 'map', ['image', 'weight']),
    node('Shape', 'sides', ['map'], { ...(start !== undefined && { start: int(start) }), ...(end !== undefined && { end: int(end) }) }),
    node('Cast', 'numbers', ['sides'], { to: int(elementTypes.float32) }),
    node('Add', 'y', ['numbers', 'half']),
  ],
  constants: { weight: noise([3, 6, 2, 1]), half: tensor([], [0.5]) },
})

/** Numbers of any type, of which there are nine, and the image with them added. */
const typed = (type: ElementType, { buffer, length }: { buffer: ArrayBuffer; length: number }): OperatorCase => ({
  nodes: [node('Cast', 'shift', ['numbers'], { to: int(elementTypes.float32) }), node('Add', 'y', ['image', 'shift'])],
  constants: { numbers: { type, dims: [length], bytes: new Uint8Array(buffer) } },
})
const counted = [0, 1, 2, 3, 4, 5, 6, 7, 100]
const signed = [0, -1, 2, -3, 4, -5, 6, -7, -100]

/** Operators of ONNX as networks use them, each as a small graph. */
export const operatorCases: Readonly<Record<string, OperatorCase>> = {
  'Conv without padding': conv({}),
  'Conv without a bias': one('Conv', {}, { weight: noise([4, 6, 3, 3]) }),
  'Conv 1 × 1, strides': conv({ strides: ints(2, 2) }, [5, 6, 1, 1]),
  'Conv, pads all the same': conv({ pads: ints(1, 1, 1, 1) }),
  'Conv, pads all different': conv({ pads: ints(0, 1, 3, 2) }),
  'Conv, pads and strides': conv({ pads: ints(0, 0, 1, 1), strides: ints(2, 2) }),
  'Conv, unequal sides and strides': conv({ pads: ints(2, 0, 2, 1), strides: ints(3, 1) }, [4, 6, 5, 2]),
  'Conv SAME_UPPER': conv({ auto_pad: text('SAME_UPPER'), strides: ints(2, 2) }, [4, 6, 4, 3]),
  'Conv SAME_LOWER': conv({ auto_pad: text('SAME_LOWER'), strides: ints(2, 2) }, [4, 6, 4, 3]),
  'Conv SAME_UPPER, stride beyond the kernel': conv({ auto_pad: text('SAME_UPPER'), strides: ints(4, 4) }),
  'Conv VALID': conv({ auto_pad: text('VALID'), strides: ints(2, 2) }),
  'Conv with dilations': conv({ dilations: ints(2, 3), pads: ints(1, 2, 3, 4) }),
  'Conv with dilations and strides': conv({ dilations: ints(2, 2), strides: ints(2, 1), pads: ints(2, 1, 2, 0) }),
  'Conv, groups': conv({ group: int(2), pads: ints(1, 1, 1, 1) }, [4, 3, 3, 3]),
  'Conv, groups of as many channels as groups': { ...conv({ group: int(3) }, [6, 3, 3, 3]), dims: [2, 9, 6, 6] },
  'Conv, depthwise': conv({ group: int(6), pads: ints(0, 0, 1, 1), strides: ints(2, 2) }, [6, 1, 3, 3]),
  'Conv, depthwise with a multiplier': conv({ group: int(6), pads: ints(1, 0, 1, 2) }, [12, 1, 3, 3]),
  'Conv, depthwise with unequal strides': conv({ group: int(6), strides: ints(2, 1) }, [6, 1, 3, 3]),
  'Conv, depthwise with dilations': conv({ group: int(6), dilations: ints(2, 2), pads: ints(2, 2, 2, 2) }, [6, 1, 3, 3]),
  'Conv, its kernel computed': {
    nodes: [node('Mul', 'kernel', ['weight', 'two']), node('Conv', 'y', ['image', 'kernel'])],
    constants: { weight: noise([4, 6, 3, 3]), two: tensor([], [2]) },
  },
  'Conv, its kernel computed from the image': {
    nodes: [
      node('ReduceMean', 'mean', ['image'], { keepdims: int(0) }),
      node('Mul', 'kernel', ['weight', 'mean']),
      node('Conv', 'y', ['image', 'kernel']),
    ],
    constants: { weight: noise([4, 6, 3, 3]) },
  },
  'Conv, one kernel taken twice': {
    nodes: [
      node('Conv', 'a', ['image', 'weight'], { pads: ints(1, 1, 1, 1) }),
      node('Conv', 'b', ['a', 'weight'], { pads: ints(1, 1, 1, 1) }),
      node('ReduceMean', 'c', ['weight'], { keepdims: int(0) }),
      node('Add', 'y', ['b', 'c']),
    ],
    constants: { weight: noise([6, 6, 3, 3]) },
  },
  MaxPool: one('MaxPool', { kernel_shape: ints(3, 2), strides: ints(2, 2) }),
  'MaxPool, strides left out': one('MaxPool', { kernel_shape: ints(3, 3) }),
  'MaxPool of negative numbers, padded': {
    nodes: [node('Sub', 'low', ['image', 'ten']), node('MaxPool', 'y', ['low'], { kernel_shape: ints(3, 3), pads: ints(1, 0, 1, 2) })],
    constants: { ten: tensor([], [10]) },
  },
  'MaxPool SAME_UPPER': one('MaxPool', { kernel_shape: ints(3, 3), strides: ints(2, 2), auto_pad: text('SAME_UPPER') }),
  'MaxPool SAME_LOWER': one('MaxPool', { kernel_shape: ints(2, 2), strides: ints(2, 2), auto_pad: text('SAME_LOWER') }),
  'MaxPool VALID': one('MaxPool', { kernel_shape: ints(3, 3), strides: ints(2, 2), auto_pad: text('VALID') }),
  'MaxPool, ceil_mode': { ...one('MaxPool', { kernel_shape: ints(3, 3), strides: ints(2, 2), ceil_mode: int(1) }), dims: [1, 2, 8, 10] },
  'MaxPool, ceil_mode and a position in the padding': {
    ...one('MaxPool', { kernel_shape: ints(1, 2), strides: ints(2, 3), pads: ints(0, 0, 0, 1), ceil_mode: int(1) }),
    dims: [1, 2, 8, 9],
  },
  AveragePool: one('AveragePool', { kernel_shape: ints(2, 3), strides: ints(2, 1) }),
  'AveragePool, padded': one('AveragePool', { kernel_shape: ints(3, 3), pads: ints(1, 0, 2, 1) }),
  'AveragePool, padded and counted': one('AveragePool', { kernel_shape: ints(3, 3), pads: ints(1, 0, 2, 1), count_include_pad: int(1) }),
  'AveragePool SAME_UPPER': one('AveragePool', { kernel_shape: ints(3, 3), strides: ints(2, 2), auto_pad: text('SAME_UPPER') }),
  'AveragePool SAME_LOWER': one('AveragePool', { kernel_shape: ints(2, 2), strides: ints(1, 1), auto_pad: text('SAME_LOWER') }),
  'AveragePool, ceil_mode': {
    ...one('AveragePool', { kernel_shape: ints(3, 3), strides: ints(2, 2), ceil_mode: int(1) }, {}, 19),
    dims: [1, 2, 8, 10],
  },
  'AveragePool, ceil_mode, padded and counted': {
    ...one(
      'AveragePool',
      { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1), ceil_mode: int(1), count_include_pad: int(1) },
      {},
      19,
    ),
    dims: [1, 2, 7, 10],
  },
  GlobalAveragePool: one('GlobalAveragePool'),
  GlobalMaxPool: one('GlobalMaxPool'),
  BatchNormalization: one(
    'BatchNormalization',
    { epsilon: float(1e-3) },
    { gamma: noise([6]), beta: noise([6], 2), mean: noise([6], 3), variance: tensor([6], [0.5, 1, 1.5, 2, 0.1, 1]) },
  ),
  'BatchNormalization of rows': {
    nodes: [
      node('GlobalAveragePool', 'pooled', ['image']),
      node('Flatten', 'rows', ['pooled']),
      node('BatchNormalization', 'y', ['rows', 'gamma', 'beta', 'mean', 'variance']),
    ],
    constants: { gamma: noise([6]), beta: noise([6], 2), mean: noise([6], 3), variance: tensor([6], [0.5, 1, 1.5, 2, 0.1, 1]) },
  },
  Relu: one('Relu'),
  Sigmoid: one('Sigmoid'),
  Tanh: one('Tanh'),
  Exp: one('Exp'),
  Abs: one('Abs'),
  Neg: one('Neg'),
  Softplus: one('Softplus'),
  Softsign: one('Softsign'),
  Elu: one('Elu', { alpha: float(0.7) }),
  'Elu by default': one('Elu'),
  Selu: one('Selu'),
  'Selu of its own': one('Selu', { alpha: float(0.6), gamma: float(2) }),
  Erf: one('Erf'),
  Sqrt: { nodes: [node('Abs', 'positive', ['image']), node('Sqrt', 'y', ['positive'])] },
  LeakyRelu: one('LeakyRelu', { alpha: float(0.3) }),
  'LeakyRelu by default': one('LeakyRelu'),
  PRelu: one('PRelu', {}, { slope: noise([6, 1, 1]) }),
  HardSigmoid: one('HardSigmoid', { alpha: float(1.5) }),
  HardSwish: one('HardSwish'),
  Clip: one('Clip', {}, { low: tensor([], [-0.1]), high: tensor([], [0.2]) }),
  'Clip without a lower bound': { nodes: [node('Clip', 'y', ['image', '', 'high'])], constants: { high: tensor([], [0.2]) } },
  'Clip of operator set 6': one('Clip', { min: float(-0.2), max: float(0.1) }, {}, 9),
  'Softmax over the last axis': one('Softmax'),
  'LogSoftmax over channels': one('LogSoftmax', { axis: int(1) }),
  'Softmax over channels': one('Softmax', { axis: int(1) }),
  'Softmax of operator set 11': one('Softmax', { axis: int(2) }, {}, 11),
  'Add of a number for each channel': one('Add', {}, { shift: noise([6, 1, 1]) }),
  'Add, the constant first': { nodes: [node('Add', 'y', ['shift', 'image'])], constants: { shift: noise([1, 6, 1, 1]) } },
  'Sub, Div, Pow, Min and Max': {
    nodes: [
      node('Conv', 'map', ['image', 'weight']),
      node('Sub', 'a', ['column', 'map']),
      node('Div', 'b', ['a', 'wide']),
      node('Pow', 'c', ['b', 'two']),
      node('Max', 'd', ['c', 'map', 'column']),
      node('Min', 'y', ['d', 'two']),
    ],
    constants: { weight: noise([6, 6, 1, 1]), column: noise([9]), wide: tensor([6, 1, 1], [1, 2, 3, 4, 5, 6]), two: tensor([1], [2]) },
  },
  'Mul of a map and its gate': {
    nodes: [
      node('Conv', 'map', ['image', 'weight']),
      node('GlobalAveragePool', 'pooled', ['map']),
      node('Sigmoid', 'gate', ['pooled']),
      node('Mul', 'y', ['gate', 'map']),
    ],
    constants: { weight: noise([6, 6, 1, 1]) },
  },
  'Add of a map and of one of a higher rank': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Unsqueeze', 'more', ['image', 'zero']), node('Add', 'y', ['map', 'more'])],
    constants: { weight: noise([6, 6, 1, 1]), zero: integers(0) },
  },
  'Sum of three': { nodes: [node('Relu', 'a', ['image']), node('Sum', 'y', ['image', 'a', 'a'])] },
  'Concat of a map and the image': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Concat', 'y', ['map', 'image'], { axis: int(1) })],
    constants: { weight: noise([3, 6, 1, 1]) },
  },
  'Concat along the last axis': { nodes: [node('Concat', 'y', ['image', 'image'], { axis: int(-1) })] },
  Pad: one('Pad', {}, { pads: integers(0, 0, 1, 2, 0, 0, 3, 0) }),
  'Pad of a map with a value': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Pad', 'y', ['map', 'pads', 'seven'])],
    constants: { weight: noise([3, 6, 1, 1]), pads: integers(0, 1, 1, 2, 0, 2, 3, 0), seven: tensor([], [7]) },
  },
  'Pad, reflected': one('Pad', { mode: text('reflect') }, { pads: integers(0, 0, 1, 2, 0, 0, 3, 0) }),
  'Pad of some axes': {
    nodes: [node('Pad', 'y', ['image', 'pads', '', 'axes'])],
    constants: { pads: integers(1, 0, 2, 3), axes: integers(2, -1) },
    opset: 18,
  },
  'Pad of operator set 2': one('Pad', { pads: ints(0, 0, 1, 2, 0, 0, 3, 0), value: float(0.5) }, {}, 10),
  'Pad before a MaxPool': {
    nodes: [
      node('Sub', 'low', ['image', 'ten']),
      node('Pad', 'padded', ['low', 'pads']),
      node('MaxPool', 'y', ['padded'], { kernel_shape: ints(3, 3), strides: ints(2, 2), auto_pad: text('VALID') }),
    ],
    constants: { ten: tensor([], [10]), pads: integers(0, 0, 1, 1, 0, 0, 1, 1) },
  },
  'Transpose to channels last': one('Transpose', { perm: ints(0, 2, 3, 1) }),
  'Transpose of a map to channels last': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Transpose', 'y', ['map'], { perm: ints(0, 2, 3, 1) })],
    constants: { weight: noise([3, 6, 2, 1]) },
  },
  'Transpose of a map to another order': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Transpose', 'y', ['map'], { perm: ints(0, 3, 1, 2) })],
    constants: { weight: noise([3, 6, 2, 1]) },
  },
  'Transpose without an order': one('Transpose'),
  'Flatten of a map': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Flatten', 'y', ['map'])],
    constants: { weight: noise([3, 6, 2, 1]) },
  },
  'Flatten from another axis': one('Flatten', { axis: int(-2) }),
  'Reshape of a map': {
    nodes: [node('Conv', 'map', ['image', 'weight']), node('Reshape', 'y', ['map', 'shape'])],
    constants: { weight: noise([3, 6, 2, 1]), shape: integers(0, -1, 3) },
  },
  'Reshape to a computed shape': {
    nodes: [
      node('Shape', 'sides', ['image']),
      node('Gather', 'batch', ['sides', 'zero']),
      node('Unsqueeze', 'first', ['batch', 'axes']),
      node('Concat', 'shape', ['first', 'rest'], { axis: int(0) }),
      node('Reshape', 'y', ['image', 'shape']),
    ],
    constants: { zero: { ...integers(0), dims: [] }, axes: integers(0), rest: integers(-1) },
  },
  ...Object.fromEntries(
    (
      [
        [1, undefined],
        [undefined, -1],
        [-3, 3],
        [2, 100],
        [-100, 2],
      ] as const
    ).map(([start, end]) => [`Shape of a map from ${start} to ${end}`, shapePart(start, end)]),
  ),
  'Squeeze, Unsqueeze': {
    nodes: [node('GlobalAveragePool', 'a', ['image']), node('Squeeze', 'b', ['a', 'axes']), node('Unsqueeze', 'y', ['b', 'first'])],
    constants: { axes: integers(2, -1), first: integers(0) },
  },
  'Squeeze of all axes, Unsqueeze of operator set 11': {
    nodes: [node('GlobalMaxPool', 'a', ['image']), node('Squeeze', 'b', ['a']), node('Unsqueeze', 'y', ['b'], { axes: ints(-1, 1) })],
    opset: 11,
  },
  'ReduceMean of a map': one('ReduceMean', { axes: ints(2, -1), keepdims: int(0) }),
  'ReduceMean of operator set 18': one('ReduceMean', {}, { axes: integers(1) }, 18),
  Slice: one('Slice', {}, { starts: integers(1, -4), ends: integers(4, 100), axes: integers(1, -1), steps: integers(1, 2) }),
  'Slice to the end': one(
    'Slice',
    {},
    {
      starts: integers(2),
      ends: { type: 'int64', dims: [1], bytes: new Uint8Array(BigInt64Array.of(2n ** 63n - 1n).buffer) },
      axes: integers(2),
    },
  ),
  'Slice of operator set 9': one('Slice', { starts: ints(0, 1), ends: ints(1, 3) }, {}, 9),
  Gather: one('Gather', { axis: int(-2) }, { indices: integers(3, 0, -1) }),
  'Split, Concat': {
    nodes: [
      { ...node('Split', 'a', ['image', 'sizes'], { axis: int(1) }), outputs: ['a', 'b', 'c'] },
      node('Concat', 'y', ['c', 'a', 'b'], { axis: int(1) }),
    ],
    constants: { sizes: integers(1, 3, 2) },
  },
  'Split of operator set 11': {
    nodes: [
      { ...node('Split', 'a', ['image'], { axis: int(-3), split: ints(1, 3, 2) }), outputs: ['a', 'b', 'c'] },
      node('Relu', 'y', ['b']),
    ],
    opset: 11,
  },
  'Split of a map into equal parts': {
    nodes: [
      node('Conv', 'map', ['image', 'weight']),
      { ...node('Split', 'a', ['map'], { axis: int(1) }), outputs: ['a', 'b'] },
      node('Sub', 'y', ['b', 'a']),
    ],
    constants: { weight: noise([4, 6, 1, 1]) },
  },
  Gemm: {
    nodes: [
      node('Flatten', 'rows', ['image']),
      node('Gemm', 'y', ['rows', 'weight', 'bias'], { alpha: float(0.5), beta: float(2), transB: int(1) }),
    ],
    constants: { weight: noise([5, 594]), bias: noise([5], 2) },
  },
  'Gemm of a transposed batch without a bias': {
    nodes: [node('Flatten', 'rows', ['image']), node('Gemm', 'y', ['rows', 'weight'], { transA: int(1) })],
    constants: { weight: noise([2, 5]) },
  },
  MatMul: one('MatMul', {}, { weight: noise([9, 4]) }),
  'Identity, Dropout': { nodes: [node('Identity', 'a', ['image']), node('Dropout', 'b', ['a']), node('Identity', 'y', ['b'])] },
  'the image itself after a map': {
    nodes: [node('Conv', 'a', ['image', 'weight']), node('Identity', 'b', ['a']), node('Relu', 'c', ['b']), node('Add', 'y', ['a', 'c'])],
    constants: { weight: noise([3, 6, 1, 1]) },
  },
  'Cast of float16': typed('float16', Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x8000, 0x3800, 0x4248, 0xbbff)),
  'Cast of bfloat16': typed('bfloat16', Uint16Array.of(0x3f80, 0xc000, 0x4049, 0, 0x8000, 0x3eab, 0xbf80, 0x4120, 0x42c8)),
  'Cast of float64': typed(
    'float64',
    Float64Array.from(signed, (number) => number / 3),
  ),
  'Cast of int64': typed('int64', BigInt64Array.from(signed, BigInt)),
  'Cast of uint64': typed('uint64', BigUint64Array.from(counted, BigInt)),
  'Cast of int32': typed('int32', Int32Array.from(signed)),
  'Cast of uint32': typed('uint32', Uint32Array.from(counted)),
  'Cast of int16': typed('int16', Int16Array.from(signed)),
  'Cast of uint16': typed('uint16', Uint16Array.from(counted)),
  'Cast of int8': typed('int8', Int8Array.from(signed)),
  'Cast of uint8': typed('uint8', Uint8Array.from(counted)),
  'Cast of bool': typed('bool', Uint8Array.of(0, 1, 1, 0, 0, 1, 1, 1, 0)),
  Constant: {
    nodes: [
      node('Constant', 'a', [], { value: { kind: 'tensor', value: noise([9]) } }),
      node('Constant', 'b', [], { value_float: float(2) }),
      node('Constant', 'c', [], { value_floats: { kind: 'floats', value: [3] } }),
      node('Mul', 'd', ['a', 'b']),
      node('Add', 'e', ['c', 'd']),
      node('Constant', 'f', [], { value_ints: ints(6, -1) }),
      node('Reshape', 'g', ['image', 'f']),
      node('Constant', 'h', [], { value_int: int(1) }),
      node('Gather', 'i', ['g', 'h']),
      node('Reshape', 'j', ['i', 'rows']),
      node('Mul', 'y', ['j', 'e']),
    ],
    constants: { rows: integers(-1, 9) },
  },
}

export const dimsOf = ({ dims = [2, 6, 11, 9] }: OperatorCase) => dims

export const graphOfCase = ({ nodes, constants = {}, opset = 17, ...given }: OperatorCase): Graph =>
  graphOf(nodes, constants, { inputs: [value('image', [...dimsOf({ nodes, ...given })])], opsets: new Map([['', opset]]) })
