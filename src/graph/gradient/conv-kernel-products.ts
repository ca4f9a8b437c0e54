import { int, ints } from '../attributes.js'
import type { ConvParts } from './conv-parts.js'
import { paddedInput } from './padded-input.js'
import type { Call } from './rule.js'

/**
 * ∂loss/∂kernel of a convolution without groups, one matrix product for each place of the kernel:
 * G [out, n · positions] · X_placeᵀ [n · positions, in], X_place being what the place sees of the padded input.
 */
export function convKernelProducts(call: Call, parts: ConvParts): string {
  const { write, gradient } = call
  const [out = 1, inputs = 1, height = 1, width = 1] = parts.dims
  const rows = (tensor: string, channels: number) => write.op('Reshape', [tensor, write.integers(channels, -1)])
  const channelsFirst = (tensor: string) => write.op('Transpose', [tensor], { perm: ints([1, 0, 2, 3]) })
  const gradients = rows(channelsFirst(gradient), out)
  const seen = seenByPlaces(call, parts, channelsFirst(paddedInput(call, parts.window)))
  const products = seen.map((part) => write.op('Gemm', [gradients, rows(part, inputs)], { transB: int(1) }))
  const stack = write.op('Reshape', [write.op('Concat', products, { axis: int(0) }), write.integers(height * width, out, inputs)])
  const placesLast = write.op('Transpose', [stack], { perm: ints([1, 2, 0]) })
  return write.op('Reshape', [placesLast, write.integers(out, inputs, height, width)])
}

/** For each place of the kernel, row by row, the numbers that it meets: [in, n, height, width of the output]. */
function seenByPlaces({ write, gradient }: Call, { dims, window }: ConvParts, input: string): readonly string[] {
  const [, , height = 1, width = 1] = dims
  const { strides, dilations } = window
  if (height * width === 1 && strides.every((step) => step === 1)) return [input]
  const last = write.op('Sub', [write.op('Shape', [gradient], { start: int(2) }), write.integers(1)])
  const span = write.op('Add', [write.op('Mul', [last, write.integers(...strides)]), write.integers(1)])
  const [axes, steps] = [write.integers(2, 3), write.integers(...strides)]
  return Array.from({ length: height * width }, (_, place) => {
    const start = write.integers(Math.floor(place / width) * (dilations[0] ?? 1), (place % width) * (dilations[1] ?? 1))
    return write.op('Slice', [input, start, write.op('Add', [start, span]), axes, steps])
  })
}
