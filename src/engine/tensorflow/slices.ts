import { floatOf, intOf, intsOf, textOf } from '../../graph/attributes.js'
import { type Inputs, type Operator, refusal } from './operator.js'
import type { Pair } from './tensorflow.js'
import { axisWhenLast, channelsFirst, dimsOf, numbersOf, plain, range } from './value.js'

/** Numbers added around a tensor: a constant, or its own mirrored; how many are inputs since operator set 11, attributes before. */
export const pad: Operator = (node, { tf }) => {
  const mode = textOf(node, 'mode', 'constant')
  if (mode !== 'constant' && mode !== 'reflect') throw refusal(node, `padding of the kind "${mode}"`)
  return {
    apply: (inputs) => {
      const { tensor, channels } = inputs.at(0)
      const rank = tensor.shape.length
      const paddings = Array.from({ length: rank }, (): Pair => [0, 0])
      for (const [axis, pair] of paddingsByAxis(inputs, rank, intsOf(node, 'pads'))) {
        if (pair.some((count) => count < 0)) throw refusal(node, 'padding below zero')
        paddings[channels === 'last' ? axisWhenLast(axis, rank) : axis] = pair
      }
      const given = inputs.optional(2)
      const value = (given ? numbersOf(given)[0] : undefined) ?? floatOf(node, 'value', 0)
      return { tensor: mode === 'reflect' ? tf.mirrorPad(tensor, paddings, mode) : tf.pad(tensor, paddings, value), channels }
    },
  }
}

/** [before, after] of each axis that the node names, all of them unless its fourth input lists some. */
function paddingsByAxis(inputs: Inputs, rank: number, attribute: readonly number[] | undefined): [axis: number, Pair][] {
  const counts = attribute ?? numbersOf(inputs.at(1))
  const listed = inputs.optional(3)
  const axes = listed ? numbersOf(listed).map((axis) => (axis < 0 ? axis + rank : axis)) : range(0, rank)
  return axes.map((axis, i) => [axis, [counts[i] ?? 0, counts[i + axes.length] ?? 0]])
}

/** A part of a tensor, every so many-th of some axes; which is said by inputs since operator set 10, by attributes before. */
export const slice: Operator = (node, { tf }) => ({
  apply: ({ at, optional }) => {
    const x = channelsFirst(tf, at(0))
    const read = (position: number, name: string) => {
      const given = optional(position)
      return given ? numbersOf(given) : intsOf(node, name)
    }
    const starts = read(1, 'starts') ?? []
    const ends = read(2, 'ends') ?? []
    const steps = read(4, 'steps')
    const [begin, end, strides] = [x.shape.map(() => 0), [...x.shape], x.shape.map(() => 1)]
    for (const [i, named] of (read(3, 'axes') ?? range(0, starts.length)).entries()) {
      const axis = named < 0 ? named + x.shape.length : named
      const side = x.shape[axis] ?? 0
      const inside = (place = 0) => Math.min(side, Math.max(0, place < 0 ? place + side : place))
      const step = steps?.[i] ?? 1
      if (step < 1) throw refusal(node, 'a slice that runs backwards')
      begin[axis] = inside(starts[i])
      end[axis] = inside(ends[i])
      strides[axis] = step
    }
    return plain(tf.stridedSlice(x, begin, end, strides))
  },
})

/** Parts of a tensor along an axis, of the sizes given (an input since operator set 13, an attribute before) or equal ones. */
export const split: Operator = (node, { tf }) => {
  const axis = intOf(node, 'axis', 0)
  return {
    apply: ({ at, optional }) => {
      const { tensor, channels } = at(0)
      const rank = tensor.shape.length
      const place = axis < 0 ? axis + rank : axis
      const given = optional(1)
      const length = dimsOf(at(0))[place] ?? 0
      const sizes = (given ? numbersOf(given) : intsOf(node, 'split')) ?? equalParts(length, node.outputs.length)
      return tf.split(tensor, sizes, channels === 'last' ? axisWhenLast(place, rank) : place).map((part) => ({ tensor: part, channels }))
    },
  }
}

/** ⌈length / parts⌉ each, the last one what is left. */
function equalParts(length: number, parts: number): number[] {
  const size = Math.ceil(length / parts)
  return range(0, parts).map((part) => Math.min(size, length - part * size))
}

/** The slices along an axis that the indices name; they take that axis' place with their own shape. */
export const gather: Operator = (node, { tf }) => {
  const axis = intOf(node, 'axis', 0)
  return {
    apply: ({ at }) => {
      const x = channelsFirst(tf, at(0))
      const place = axis < 0 ? axis + x.shape.length : axis
      const side = x.shape[place] ?? 0
      const indices = numbersOf(at(1)).map((index) => (index < 0 ? index + side : index))
      const taken = tf.gather(x, tf.tensor(indices, [indices.length], 'int32'), place)
      return plain(tf.reshape(taken, [...x.shape.slice(0, place), ...at(1).tensor.shape, ...x.shape.slice(place + 1)]))
    },
  }
}
