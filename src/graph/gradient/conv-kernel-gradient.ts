import { int, ints } from '../attributes.js'
import type { ConvParts } from './conv-parts.js'
import type { Call } from './rule.js'
import { fixedPads, namedPads } from './window-pads.js'

/**
 * ∂loss/∂kernel of a convolution, [out, in / groups, height, width]:
 * a convolution of x by the gradient, images and channels exchanged in both, strides and dilations too.
 */
export function convKernelGradient(call: Call, { dims, groups, window }: ConvParts): string {
  const { write, gradient } = call
  const [, perGroup = 1, height = 1, width = 1] = dims
  const { input, pads } = padded(call, { dims, groups, window })
  const sides = write.op('Shape', [input], { start: int(2) })
  const area = write.op('Reshape', [input, write.integers(0, groups, perGroup, -1)]) // [n, groups, in / groups, height · width]
  const swapped = write.op('Transpose', [area], { perm: ints([2, 1, 0, 3]) })
  const images = write.op('Reshape', [swapped, write.op('Concat', [write.integers(perGroup, -1), sides], { axis: int(0) })])
  const kernels = write.op('Transpose', [gradient], { perm: ints([1, 0, 2, 3]) })
  const attributes = { strides: ints(window.dilations), dilations: ints(window.strides), pads: ints(pads), group: int(groups) }
  const wide = write.op('Conv', [images, kernels], attributes) // [in / groups, out, ≥ height, ≥ width]
  const cut = write.op('Slice', [wide, write.integers(0, 0), write.integers(height, width), write.integers(2, 3)])
  return write.op('Transpose', [cut], { perm: ints([1, 0, 2, 3]) })
}

/** The input with its padding, or with what the convolution pads itself. */
function padded(call: Call, { window }: ConvParts): { readonly input: string; readonly pads: readonly number[] } {
  const { write, node } = call
  const [input = ''] = node.inputs
  const fixed = fixedPads(call, window)
  if (fixed) return { input, pads: [...fixed.begin, ...fixed.end] }
  const { begin, end } = namedPads(call, window)
  const images = write.integers(0, 0)
  return { input: write.op('Pad', [input, write.op('Concat', [images, begin, images, end], { axis: int(0) })]), pads: [0, 0, 0, 0] }
}
