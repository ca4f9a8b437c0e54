import { product } from '../../base/product.js'
import { int, intOf } from '../attributes.js'
import type { Call, Rule, Rules } from './rule.js'
import { scattered } from './scattered.js'
import { spreadWindow } from './spread-window.js'
import { unsupported } from './unsupported.js'
import { namedPads, type WindowSettings, windowSettings } from './window-pads.js'

/** Everything goes to the first maximum of each window, as in TensorFlow and torch; the node's second output says where that was. */
const maxPool: Rule = (call) => {
  const [x = ''] = call.node.inputs
  return [scattered(call, { x, places: call.node.outputs[1] ?? '', values: call.gradient })]
}

/** As `maxPool`, with one window that is the whole map. */
const globalMaxPool: Rule = ({ write, node, gradient }) => {
  const [x = ''] = node.inputs
  const rows = (tensor: string) => write.op('Reshape', [tensor, write.integers(0, 0, -1)]) // [n, channels, numbers of a map]
  const maps = rows(x)
  const place = write.op('ArgMax', [maps], { axis: int(2), keepdims: int(1) })
  const zeros = write.op('Expand', [write.number(0), write.op('Shape', [maps])])
  const given = write.op('ScatterElements', [zeros, place, rows(gradient)], { axis: int(2) })
  return [write.op('Reshape', [given, write.op('Shape', [x])])]
}

/** g / count for each number of a window, count being the numbers of the window that lie inside (or all of them). */
const averagePool: Rule = (call) => {
  const { write, node, gradient } = call
  if (intOf(node, 'ceil_mode', 0) !== 0) throw unsupported(node, 'an average pool that rounds down', 'ceil_mode')
  const window = windowSettings(call)
  const area = product(window.kernel)
  const isWhole = intOf(node, 'count_include_pad', 0) !== 0
  const share = write.op('Div', [gradient, isWhole ? write.number(area) : counts(call, window)])
  return [spread(call, share, window)]
}

/** How many numbers of the input each window sees, [1, 1, height, width]: a convolution of ones by ones. */
function counts({ write, node }: Call, { kernel }: WindowSettings): string {
  const sides = write.op('Shape', [node.inputs[0] ?? ''], { start: int(2) })
  const one = write.op('Concat', [write.integers(1, 1), sides], { axis: int(0) })
  const { count_include_pad: _, ceil_mode: __, ...attributes } = node.attributes
  return write.op('Conv', [write.op('Expand', [write.number(1), one]), write.filled([1, 1, ...kernel], 1)], attributes)
}

/** The sum of all shares that reach each number of the input, every channel as an image of its own. */
function spread(call: Call, share: string, window: WindowSettings): string {
  const { write, node } = call
  const sides = write.op('Shape', [share], { start: int(2) })
  const images = write.op('Reshape', [share, write.op('Concat', [write.integers(-1, 1), sides], { axis: int(0) })])
  const ones = write.filled([1, 1, ...window.kernel], 1)
  const sums = spreadWindow(call, [images, ones], { window, pads: namedPads(call, window), groups: 1 })
  return write.op('Reshape', [sums, write.op('Shape', [node.inputs[0] ?? ''])])
}

export const poolRules: Rules = { MaxPool: maxPool, GlobalMaxPool: globalMaxPool, AveragePool: averagePool }
