import { int, ints } from '../attributes.js'
import type { ConvParts } from './conv-parts.js'
import type { NodeWriter } from './node-writer.js'
import type { Call } from './rule.js'
import { spreadWindow } from './spread-window.js'
import { extentOf, type FixedPads, fixedPads, namedPads } from './window-pads.js'

/** ∂loss/∂x of a convolution, [n, in, height, width]. */
export function convInputGradient(call: Call, parts: ConvParts): string {
  const { window, groups } = parts
  const pads = turnedPads(call, parts)
  if (pads) return turnedConv(call, parts, pads)
  const kernel = call.node.inputs[1] ?? ''
  return spreadWindow(call, [call.gradient, kernel], { window, pads: namedPads(call, window), groups })
}

/** Padding of the convolution that goes back: extent − 1 − pad; undefined where there is no such convolution. */
function turnedPads(call: Call, { window }: ConvParts): FixedPads | undefined {
  const fixed = fixedPads(call, window)
  if (!fixed || window.strides.some((step) => step !== 1)) return undefined
  const [begin, end] = [fixed.begin, fixed.end].map((pads) => extentOf(window).map((extent, axis) => extent - 1 - (pads[axis] ?? 0)))
  return begin && end && [...begin, ...end].every((pad) => pad >= 0) ? { begin, end } : undefined
}

/** Without strides: a convolution of the gradient by the kernel turned around, its input and output channels exchanged. */
function turnedConv({ write, node, gradient }: Call, { dims, groups, window }: ConvParts, { begin, end }: FixedPads): string {
  const [out = 1, perGroup = 1, height = 1, width = 1] = dims
  const weight = node.inputs[1] ?? ''
  const isMatrix = groups * height * width === 1 // two axes are exchanged several times as fast as two of four
  const exchanged = isMatrix
    ? write.op('Transpose', [write.op('Reshape', [weight, write.integers(out, perGroup)])])
    : write.op('Transpose', [turnedKernel(write, weight, { dims, groups })], { perm: ints([0, 2, 1, 3]) })
  const kernel = write.op('Reshape', [exchanged, write.integers(groups * perGroup, out / groups, height, width)])
  const attributes = { dilations: ints(window.dilations), pads: ints([...begin, ...end]), group: int(groups) }
  return write.op('Conv', [gradient, kernel], { kernel_shape: ints([height, width]), ...attributes })
}

/** [groups, out / groups, in / groups, height · width], the last place of the kernel first. */
function turnedKernel(write: NodeWriter, weight: string, { dims, groups }: Pick<ConvParts, 'dims' | 'groups'>): string {
  const [out = 1, perGroup = 1, height = 1, width = 1] = dims
  const area = height * width
  const split = write.op('Reshape', [weight, write.integers(groups, out / groups, perGroup, area)])
  const backwards = [write.integers(-1), write.integers(-area - 1), write.integers(3), write.integers(-1)]
  return area === 1 ? split : write.op('Slice', [split, ...backwards])
}
