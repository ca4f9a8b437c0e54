import { intOf, intsOf } from '../../graph/attributes.js'
import type { Inputs, Operator } from './operator.js'
import { axisWhenLast, channelsFirst, channelsLast, dimsOf, numbersOf, plain, range, type Value } from './value.js'

const product = (dims: readonly number[]) => dims.reduce((all, side) => all * side, 1)

/** The input as it is. */
export const identity: Operator = () => ({ apply: ({ at }) => at(0) })

/** Two axes: those before `axis`, and the rest. */
export const flatten: Operator = (node, { tf }) => {
  const axis = intOf(node, 'axis', 1)
  return {
    apply: ({ at }) => {
      const x = channelsFirst(tf, at(0))
      const rows = product(x.shape.slice(0, axis < 0 ? axis + x.shape.length : axis))
      return plain(tf.reshape(x, [rows, x.size / Math.max(1, rows)]))
    },
  }
}

/** Another shape: −1 is what is left, 0 the axis as it was (unless `allowzero`). */
export const reshape: Operator = (node, { tf }) => {
  const copiesZero = intOf(node, 'allowzero', 0) === 0
  return {
    apply: ({ at, optional }) => {
      const x = channelsFirst(tf, at(0))
      const given = optional(1)
      const wanted = given ? numbersOf(given) : (intsOf(node, 'shape') ?? [])
      const dims = wanted.map((side, axis) => (side === 0 && copiesZero ? (x.shape[axis] ?? 1) : side))
      const known = product(dims.filter((side) => side !== -1))
      return plain(
        tf.reshape(
          x,
          dims.map((side) => (side === -1 ? x.size / known : side)),
        ),
      )
    },
  }
}

/** Axes in another order, by default in the opposite one. A map whose channels already lie where they shall go stays as it is. */
export const transpose: Operator = (node, { tf }) => {
  const given = intsOf(node, 'perm')
  return {
    apply: ({ at }) => {
      const { tensor, channels } = at(0)
      const rank = tensor.shape.length
      const perm = given ?? range(0, rank).reverse()
      const from = channels === 'last' ? perm.map((axis) => axisWhenLast(axis, rank)) : perm
      return plain(from.every((axis, to) => axis === to) ? tensor : tf.transpose(tensor, from))
    },
  }
}

/** Tensors one behind the other along an axis. */
export const concat: Operator = (node, { tf }) => {
  const axis = intOf(node, 'axis', 1)
  return {
    apply: ({ all }) => {
      const rank = all[0]?.tensor.shape.length ?? 0
      const at = axis < 0 ? axis + rank : axis
      if (!all.some(({ channels }) => channels === 'last'))
        return plain(
          tf.concat(
            all.map(({ tensor }) => tensor),
            at,
          ),
        )
      const tensors = all.map((value) => channelsLast(tf, value))
      return { tensor: tf.concat(tensors, axisWhenLast(at, rank)), channels: 'last' }
    },
  }
}

/** Without the axes named, or without all of length 1. */
export const squeeze: Operator = (node, { tf }) => ({
  apply: (inputs) => {
    const x = channelsFirst(tf, inputs.at(0))
    const rank = x.shape.length
    const axes = axesOf(inputs, intsOf(node, 'axes'))?.map((axis) => (axis < 0 ? axis + rank : axis))
    return plain(
      tf.reshape(
        x,
        x.shape.filter((side, axis) => (axes ? !axes.includes(axis) : side !== 1)),
      ),
    )
  },
})

/** With axes of length 1 at the places named. */
export const unsqueeze: Operator = (node, { tf }) => ({
  apply: (inputs) => {
    const x = channelsFirst(tf, inputs.at(0))
    const axes = axesOf(inputs, intsOf(node, 'axes')) ?? []
    const rank = x.shape.length + axes.length
    const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)))
    const sides = x.shape.values()
    return plain(
      tf.reshape(
        x,
        range(0, rank).map((axis) => (added.has(axis) ? 1 : (sides.next().value ?? 1))),
      ),
    )
  },
})

/** The mean over some axes, by default over all. */
export const reduceMean: Operator = (node, { tf }) => {
  const keep = intOf(node, 'keepdims', 1) === 1
  return {
    apply: (inputs) => {
      const x = channelsFirst(tf, inputs.at(0))
      const rank = x.shape.length
      const axes = axesOf(inputs, intsOf(node, 'axes')) ?? range(0, rank)
      return plain(
        tf.mean(
          x,
          axes.map((axis) => (axis < 0 ? axis + rank : axis)),
          keep,
        ),
      )
    },
  }
}

/** Axes come as the second input in newer operator sets, as an attribute in older ones. */
function axesOf({ optional }: Inputs, attribute: readonly number[] | undefined): readonly number[] | undefined {
  const given = optional(1)
  return given ? numbersOf(given) : attribute
}

/** The shape as numbers, of the axes from `start` to `end` (exclusive); negative ones count from the last. */
export const shape: Operator = (node, { tf }) => {
  const [start, end] = [intOf(node, 'start', 0), intOf(node, 'end', undefined)]
  return {
    apply: ({ at }): Value => {
      const numbers = dimsOf(at(0)).slice(start, end)
      return { tensor: tf.tensor(numbers, [numbers.length], 'int32'), channels: 'first', numbers }
    },
  }
}
