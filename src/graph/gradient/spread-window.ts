import { int, ints } from '../attributes.js'
import type { Call } from './rule.js'
import type { NamedPads, WindowSettings } from './window-pads.js'

interface SpreadOptions {
  readonly window: WindowSettings
  readonly pads: NamedPads
  readonly groups: number
}

/**
 * What a sliding window's outputs give back to its input [n, channels, height, width]: a transposed convolution over
 * the padded input, cut to the input. Rows that no window reaches (behind the last stride) get zeros.
 */
export function spreadWindow({ write, node }: Call, [values, kernel]: readonly [string, string], options: SpreadOptions): string {
  const { window, pads, groups } = options
  const attributes = { strides: ints(window.strides), dilations: ints(window.dilations), group: int(groups) }
  const wide = write.op('ConvTranspose', [values, kernel], attributes)
  const [before = '', after = ''] = [node.inputs[0] ?? '', wide].map((tensor) => write.op('Shape', [tensor], { start: int(2) }))
  const end = write.op('Sub', [write.op('Add', [before, pads.begin]), after])
  const images = write.integers(0, 0)
  const margins = write.op('Concat', [images, write.op('Neg', [pads.begin]), images, end], { axis: int(0) })
  return write.op('Pad', [wide, margins])
}
