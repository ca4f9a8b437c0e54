import { int } from '../attributes.js'
import type { Call } from './rule.js'
import { fixedPads, namedPads, type WindowSettings } from './window-pads.js'

/** The input [n, channels, height, width] of a node with a sliding window, with the rows and columns that the node adds. */
export function paddedInput(call: Call, window: WindowSettings): string {
  const { write, node } = call
  const [input = ''] = node.inputs
  const fixed = fixedPads(call, window)
  if (fixed && [...fixed.begin, ...fixed.end].every((pad) => pad === 0)) return input
  const { begin, end } = namedPads(call, window)
  const images = write.integers(0, 0)
  return write.op('Pad', [input, write.op('Concat', [images, begin, images, end], { axis: int(0) })])
}
