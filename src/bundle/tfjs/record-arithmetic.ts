import type { Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import { type as dataType, flag, float, type GraphWriter } from './graph-writer.js'
import { constant, integers, number, typedArrays } from './recorded-constant.js'
import { type ConstantType, type RecordedTensor, recorded } from './recorded-tensor.js'

/** Functions of numbers, alone, in pairs and along axes, and products of matrices. */
export function recordArithmetic(writer: GraphWriter) {
  const unary =
    (op: string): Tensorflow['relu'] =>
    (x) =>
      same(writer, op, x)
  const binary =
    (op: string): Tensorflow['add'] =>
    (a, b) =>
      writer.add(op, [recorded(a), recorded(b)], { dtype: recorded(a).dtype, shape: together(a.shape, b.shape) })
  const reduction =
    (op: string): Tensorflow['mean'] =>
    (x, axes, keepDims) =>
      writer.add(op, [recorded(x), integers(axes)], {
        dtype: recorded(x).dtype,
        shape: keepDims ? x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side)) : x.shape.filter((_, axis) => !axes.includes(axis)),
        attr: { keep_dims: flag(keepDims) },
      })
  return {
    relu: unary('Relu'),
    elu: unary('Elu'),
    sigmoid: unary('Sigmoid'),
    tanh: unary('Tanh'),
    exp: unary('Exp'),
    sqrt: unary('Sqrt'),
    abs: unary('Abs'),
    neg: unary('Neg'),
    softplus: unary('Softplus'),
    erf: unary('Erf'),
    softmax: unary('Softmax'),
    logSoftmax: unary('LogSoftmax'),
    leakyRelu: (x: TfTensor, alpha: number) => same(writer, 'LeakyRelu', x, [], { alpha: float(alpha) }),
    clipByValue: (x: TfTensor, min: number, max: number) => clipped(writer, x, [min, max]),
    add: binary('AddV2'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('RealDiv'),
    pow: binary('Pow'),
    maximum: binary('Maximum'),
    minimum: binary('Minimum'),
    prelu: binary('Prelu'),
    mean: reduction('Mean'),
    max: reduction('Max'),
    matMul: matMul(writer),
    batchNorm: batchNorm(writer),
    cast: (x: TfTensor, dtype: ConstantType) => cast(writer, recorded(x), dtype),
  }
}

function same(writer: GraphWriter, op: string, x: TfTensor, others: readonly RecordedTensor[] = [], attr = {}): RecordedTensor {
  return writer.add(op, [recorded(x), ...others], { shape: x.shape, dtype: recorded(x).dtype, attr })
}

function clipped(writer: GraphWriter, x: TfTensor, [min, max]: readonly [number, number]): RecordedTensor {
  if (min === 0 && max === 6) return same(writer, 'Relu6', x)
  if (min === 0 && max === Number.POSITIVE_INFINITY) return same(writer, 'Relu', x)
  return same(writer, 'ClipByValue', x, [number(min), number(max)])
}

const matMul =
  (writer: GraphWriter): Tensorflow['matMul'] =>
  (a, b, transposeA = false, transposeB = false) => {
    const [rows, columns] = [a.shape.at(transposeA ? -1 : -2) ?? 1, b.shape.at(transposeB ? -2 : -1) ?? 1]
    const shape = [...together(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns]
    const isPlain = shape.length === 2
    const attr = isPlain
      ? { transpose_a: flag(transposeA), transpose_b: flag(transposeB) }
      : { adj_x: flag(transposeA), adj_y: flag(transposeB) }
    return writer.add(isPlain ? 'MatMul' : 'BatchMatMulV2', [recorded(a), recorded(b)], { shape, dtype: 'float32', attr })
  }

const batchNorm =
  (writer: GraphWriter): Tensorflow['batchNorm'] =>
  (x, mean, variance, offset, scale, epsilon) =>
    same(writer, 'FusedBatchNormV3', x, [scale, offset, mean, variance].map(recorded), {
      epsilon: float(epsilon),
      is_training: flag(false),
    })

/** Constants are cast at once. */
function cast(writer: GraphWriter, x: RecordedTensor, dtype: ConstantType): RecordedTensor {
  if (x.dtype === dtype) return x
  const attr = { SrcT: dataType(x.dtype), DstT: dataType(dtype) }
  if (!x.constant) return writer.add('Cast', [x], { shape: x.shape, dtype, attr })
  const values = dtype === 'bool' ? x.constant.data.map((value) => (value === 0 ? 0 : 1)) : x.constant.data
  return constant({ dtype, shape: x.shape, data: typedArrays[dtype].from(values) })
}

/** The shape of two tensors that are spread over each other. */
function together(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, at) => {
    const [left = 1, right = 1] = [a.at(at - rank), b.at(at - rank)]
    return left === 1 ? right : left
  })
}
