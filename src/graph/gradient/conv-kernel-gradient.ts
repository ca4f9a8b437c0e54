import { int, ints } from '../attributes.js'
import { convKernelProducts } from './conv-kernel-products.js'
import type { ConvParts } from './conv-parts.js'
import { paddedInput } from './padded-input.js'
import type { Call } from './rule.js'

/** Input channels from which on matrix products beat one convolution of odd shape. */
const manyInputs = 16

/** ∂loss/∂kernel of a convolution, [out, in / groups, height, width]. */
export function convKernelGradient(call: Call, parts: ConvParts): string {
  const [, inputs = 1] = parts.dims
  return parts.groups === 1 && inputs >= manyInputs ? convKernelProducts(call, parts) : swappedConv(call, parts)
}

/** A convolution of x by the gradient: images and channels are exchanged in both, strides and dilations too. */
function swappedConv(call: Call, { dims, groups, window }: ConvParts): string {
  const { write, gradient } = call
  const [, perGroup = 1, height = 1, width = 1] = dims
  const input = paddedInput(call, window)
  const sides = write.op('Shape', [input], { start: int(2) })
  const area = write.op('Reshape', [input, write.integers(0, groups, perGroup, -1)]) // [n, groups, in / groups, height · width]
  const swapped = write.op('Transpose', [area], { perm: ints([2, 1, 0, 3]) })
  const images = write.op('Reshape', [swapped, write.op('Concat', [write.integers(perGroup, -1), sides], { axis: int(0) })])
  const kernels = write.op('Transpose', [gradient], { perm: ints([1, 0, 2, 3]) })
  const attributes = { strides: ints(window.dilations), dilations: ints(window.strides), group: int(groups) }
  const wide = write.op('Conv', [images, kernels], attributes) // [in / groups, out, ≥ height, ≥ width]
  const cut = write.op('Slice', [wide, write.integers(0, 0), write.integers(height, width), write.integers(2, 3)])
  return write.op('Transpose', [cut], { perm: ints([1, 0, 2, 3]) })
}
