import { int, intOf, ints, intsOf, textOf } from '../attributes.js'
import type { Rule, Rules } from './rule.js'
import { scattered } from './scattered.js'
import { unsupported } from './unsupported.js'

const same: Rule = ({ gradient }) => [gradient]

/** The same numbers in another shape. */
const reshaped: Rule = ({ write, node, gradient }) => [write.op('Reshape', [gradient, write.op('Shape', [node.inputs[0] ?? ''])])]

/** Axes in another order: back to where they came from; without `perm` the order is turned around, and so again. */
const transposed: Rule = ({ write, node, gradient }) => {
  const perm = intsOf(node, 'perm')
  return [write.op('Transpose', [gradient], perm ? { perm: ints(perm.map((_, axis) => perm.indexOf(axis))) } : {})]
}

/** Each input's part. */
const concatenated: Rule = ({ write, node, gradient }) => {
  const axis = intOf(node, 'axis', 0)
  const lengths = node.inputs.map((input) => write.op('Gather', [write.op('Shape', [input]), write.integers(axis)], { axis: int(0) }))
  const sizes = write.op('Concat', lengths, { axis: int(0) })
  return write.ops('Split', [gradient, sizes], { attributes: { axis: int(axis) }, outputs: node.inputs.length })
}

/** Margins cut off again: a Pad by less than nothing. */
const padded: Rule = ({ write, node, gradient }) => {
  const [, pads = '', , ...axes] = node.inputs
  const mode = textOf(node, 'mode', 'constant')
  if (mode !== 'constant') throw unsupported(node, 'Pad with a constant', `mode ${mode}`)
  const back = write.op('Neg', [pads])
  return [write.op('Pad', axes.length > 0 ? [gradient, back, '', ...axes] : [gradient, back])]
}

/** Every gradient is added at the place that its number came from: the node itself says which, when it gets the places' numbers. */
const moved: Rule = (call) => {
  const { write, node, gradient } = call
  const [x = '', ...others] = node.inputs
  const size = write.op('Size', [x])
  const places = write.op('Reshape', [write.op('Range', [write.integer(0), size, write.integer(1)]), write.op('Shape', [x])])
  return [scattered(call, { x, places: write.op(node.op, [places, ...others], node.attributes), values: gradient })]
}

export const shapeRules: Rules = {
  ...{ Identity: same, Dropout: same },
  ...{ Reshape: reshaped, Flatten: reshaped, Squeeze: reshaped, Unsqueeze: reshaped },
  ...{ Transpose: transposed, Concat: concatenated, Pad: padded, Slice: moved, Gather: moved },
}
