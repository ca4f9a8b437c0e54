import type { Paddings, Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import { composedOrder, movesNothing, sliceConstant, transposeConstant } from './fold-layout.js'
import { type GraphWriter, int, text } from './graph-writer.js'
import { constant, integer, integers, number } from './recorded-constant.js'
import { RecordedTensor, recorded } from './recorded-tensor.js'

/** What takes numbers from one place to another. What is done to constants is done at once; layouts one behind the other become one, or none. */
export function recordLayout(writer: GraphWriter) {
  const layout = new Layouts(writer)
  return {
    reshape: (x: TfTensor, shape: readonly number[]) => layout.reshape(recorded(x), shape),
    transpose: (x: TfTensor, perm: readonly number[]) => layout.transpose(recorded(x), perm),
    concat: (tensors: TfTensor[], axis: number) => layout.concat(tensors.map(recorded), axis),
    split: (x: TfTensor, sizes: number | readonly number[], axis: number) => layout.split(recorded(x), sizes, axis),
    stridedSlice: layout.stridedSlice,
    gather: (x: TfTensor, indices: TfTensor, axis: number) => layout.gather(recorded(x), recorded(indices), axis),
    pad: (x: TfTensor, paddings: Paddings, value = 0) => layout.pad(recorded(x), paddings, value),
    mirrorPad: layout.mirrorPad,
  }
}

class Layouts {
  readonly #writer: GraphWriter

  constructor(writer: GraphWriter) {
    this.#writer = writer
  }

  reshape(x: RecordedTensor, shape: readonly number[]): RecordedTensor {
    if (x.constant) return constant({ ...x.constant, shape })
    const from = x.relaid?.kind === 'reshaped' ? x.relaid.x : x
    if (shape.join() === from.shape.join()) return from
    const relaid = { kind: 'reshaped', x: from } as const
    return this.#writer.add('Reshape', [from, integers(this.#writer.open(shape))], { shape, dtype: x.dtype, relaid })
  }

  transpose(x: RecordedTensor, perm: readonly number[]): RecordedTensor {
    if (x.constant) return constant(transposeConstant(x.constant, perm))
    const [from, order] = x.relaid?.kind === 'transposed' ? [x.relaid.x, composedOrder(x.relaid.perm, perm)] : [x, perm]
    if (order.every((axis, at) => axis === at)) return from
    const shape = order.map((axis) => from.shape[axis] ?? 1)
    if (movesNothing(from.shape, order)) return this.reshape(from, shape)
    return this.#writer.add('Transpose', [from, integers(order)], {
      shape,
      dtype: x.dtype,
      relaid: { kind: 'transposed', x: from, perm: order },
    })
  }

  concat(tensors: readonly RecordedTensor[], axis: number): RecordedTensor {
    const [first] = tensors
    if (!first) throw new Error('Expected tensors to concatenate')
    const length = tensors.reduce((sum, { shape }) => sum + (shape[axis] ?? 1), 0)
    const lists = tensors.map((tensor) => (tensor.shape.length === 1 && tensor.dtype === 'int32' ? tensor.constant : undefined))
    if (lists.every((list) => list !== undefined)) return integers(lists.flatMap(({ data }) => [...data]))
    const attr = { N: int(tensors.length) }
    return this.#writer.add('ConcatV2', [...tensors, integer(axis)], { shape: first.shape.with(axis, length), dtype: first.dtype, attr })
  }

  split(x: RecordedTensor, parts: number | readonly number[], axis: number): RecordedTensor[] {
    const sizes = typeof parts === 'number' ? Array<number>(parts).fill((x.shape[axis] ?? 1) / parts) : parts
    const starts = sizes.map((_, part) => sizes.slice(0, part).reduce((sum, size) => sum + size, 0))
    const { constant: whole } = x
    if (whole) return sizes.map((size, part) => constant(sliceConstant(whole, axis, [starts[part] ?? 0, size])))
    const name = this.#writer.addNode('SplitV', [x, integers(sizes), integer(axis)], { num_split: int(sizes.length) })
    return sizes.map(
      (size, part) => new RecordedTensor(part === 0 ? name : `${name}:${part}`, { shape: x.shape.with(axis, size), dtype: x.dtype }),
    )
  }

  /** An axis that is taken whole is told by the masks, since the batch's end is not known. */
  readonly stridedSlice: Tensorflow['stridedSlice'] = (given, begin, end, strides) => {
    const x = recorded(given)
    const shape = x.shape.map((_, axis) => Math.max(0, Math.ceil(((end[axis] ?? 0) - (begin[axis] ?? 0)) / (strides[axis] ?? 1))))
    if (x.constant && x.shape.length === 1 && strides[0] === 1) {
      return constant(sliceConstant(x.constant, 0, [begin[0] ?? 0, shape[0] ?? 0]))
    }
    const mask = x.shape.reduce((bits, side, axis) => (begin[axis] === 0 && end[axis] === side ? bits | (1 << axis) : bits), 0)
    const inputs = [x, integers(begin), integers(end.map((place, axis) => ((mask >> axis) & 1 ? 0 : place))), integers(strides)]
    return this.#writer.add('StridedSlice', inputs, { shape, dtype: x.dtype, attr: { begin_mask: int(mask), end_mask: int(mask) } })
  }

  gather(x: RecordedTensor, indices: RecordedTensor, axis: number): RecordedTensor {
    if (x.constant && x.shape.length === 1 && x.dtype === 'int32') {
      const { data } = x.constant
      return constant({ dtype: 'int32', shape: indices.shape, data: Int32Array.from(indices.dataSync(), (at) => data[at] ?? 0) })
    }
    const shape = x.shape.toSpliced(axis, 1, ...indices.shape)
    return this.#writer.add('GatherV2', [x, indices, integer(axis)], { shape, dtype: x.dtype })
  }

  pad(x: RecordedTensor, paddings: Paddings, value: number): RecordedTensor {
    const shape = x.shape.map((side, axis) => side + sum(paddings[axis]))
    const [op, filler] = value === 0 ? ['Pad', []] : ['PadV2', [number(value)]]
    return this.#writer.add(op, [x, pairs(paddings), ...filler], { shape, dtype: x.dtype })
  }

  readonly mirrorPad: Tensorflow['mirrorPad'] = (given, paddings, mode) => {
    const x = recorded(given)
    const shape = x.shape.map((side, axis) => side + sum(paddings[axis]))
    return this.#writer.add('MirrorPad', [x, pairs(paddings)], { shape, dtype: x.dtype, attr: { mode: text(mode.toUpperCase()) } })
  }
}

const sum = ([before, after]: readonly [number, number] = [0, 0]) => before + after

/** [axes, 2] */
function pairs(paddings: Paddings): RecordedTensor {
  return constant({ dtype: 'int32', shape: [paddings.length, 2], data: Int32Array.from(paddings.flat()) })
}
