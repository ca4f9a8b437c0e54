import { intsOf, textOf } from '../attributes.js'
import type { Node } from '../graph.js'

/** A depthwise convolution's sides: each pair is [height, width]. */
export interface DepthwiseShape {
  readonly channels: number
  readonly kernel: readonly number[]
  /** Of the map that goes in, without padding. */
  readonly before: readonly number[]
  /** Of the map that comes out. */
  readonly after: readonly number[]
}

/** [taps, inputs · outputs]: 1 where a number of the kernel takes a number of the input to one of the output, 0 elsewhere. */
export function kernelPlaces(conv: Node, shape: DepthwiseShape): Float32Array {
  const { kernel, before, after } = shape
  const [tapRows = 1, tapColumns = 1] = kernel
  const [height = 1, width = 1] = before
  const [rows = 1, columns = 1] = after
  const [vertical, horizontal] = [axisPlaces(conv, shape, 0), axisPlaces(conv, shape, 1)]
  const [inputs, outputs] = [height * width, rows * columns]
  const places = new Float32Array(tapRows * tapColumns * inputs * outputs)
  for (const [tapRow, row, y] of vertical) {
    for (const [tapColumn, column, x] of horizontal) {
      const tap = tapRow * tapColumns + tapColumn
      places[(tap * inputs + y * width + x) * outputs + row * columns + column] = 1
    }
  }
  return places
}

/** Along one axis: which tap meets which input for which output, [tap, output, input]; padding left out. */
function axisPlaces(conv: Node, { kernel, before, after }: DepthwiseShape, axis: 0 | 1): readonly (readonly [number, number, number])[] {
  const [taps, inputs, outputs] = [kernel[axis] ?? 1, before[axis] ?? 1, after[axis] ?? 1]
  const stride = intsOf(conv, 'strides')?.[axis] ?? 1
  const dilation = intsOf(conv, 'dilations')?.[axis] ?? 1
  const first = -padBefore(conv, axis, (outputs - 1) * stride + (taps - 1) * dilation + 1 - inputs)
  const all = Array.from({ length: taps * outputs }, (_, at) => [Math.floor(at / outputs), at % outputs] as const)
  const met = all.map(([tap, output]) => [tap, output, first + output * stride + tap * dilation] as const)
  return met.filter(([, , input]) => input >= 0 && input < inputs)
}

/** @param missing what the outputs need beyond the input, which SAME shares out. */
function padBefore(conv: Node, axis: 0 | 1, missing: number): number {
  const rule = textOf(conv, 'auto_pad', 'NOTSET')
  if (rule === 'NOTSET') return intsOf(conv, 'pads')?.[axis] ?? 0
  if (rule === 'VALID') return 0
  const half = Math.max(missing, 0) / 2
  return rule === 'SAME_LOWER' ? Math.ceil(half) : Math.floor(half)
}
