import { intsOf, textOf } from '../../src/graph/attributes.js'
import type { Node } from '../../src/graph/graph.js'

/** Places in the kernel, in the output and in the input that a sliding window brings together. */
export type Meeting = readonly [tap: number, output: number, input: number]

interface AxisMeetings {
  readonly outputs: number
  readonly met: readonly Meeting[]
}

/** Along each axis, what a window of so many taps meets of an input of these sides; padding is left out. */
export function axisMeetings(node: Node, taps: readonly number[], sides: readonly number[]): readonly AxisMeetings[] {
  return taps.map((count, axis) => {
    const [side, stride, dilation] = [sides[axis] ?? 1, intsOf(node, 'strides')?.[axis] ?? 1, intsOf(node, 'dilations')?.[axis] ?? 1]
    const extent = (count - 1) * dilation + 1
    const rule = textOf(node, 'auto_pad', 'NOTSET')
    const pads = intsOf(node, 'pads') ?? []
    const missing = Math.max(0, (Math.ceil(side / stride) - 1) * stride + extent - side)
    const [all, begin] = rule.startsWith('SAME')
      ? [missing, rule === 'SAME_LOWER' ? Math.ceil(missing / 2) : Math.floor(missing / 2)]
      : [(pads[axis] ?? 0) + (pads[axis + taps.length] ?? 0), pads[axis] ?? 0]
    const outputs = Math.floor((side + all - extent) / stride) + 1
    const every = Array.from({ length: count * outputs }, (_, at) => [at % count, Math.floor(at / count)] as const)
    const met = every.map(([tap, output]): Meeting => [tap, output, output * stride + tap * dilation - begin])
    return { outputs, met: met.filter(([, , input]) => input >= 0 && input < side) }
  })
}

/** The same for both axes at once, places being counted row by row. */
export function meetings(
  [rows, columns]: readonly AxisMeetings[],
  [, width = 1]: readonly number[],
  [, side = 1]: readonly number[],
): readonly Meeting[] {
  const across = columns?.outputs ?? 1
  return (rows?.met ?? []).flatMap(([tapRow, row, y]) =>
    (columns?.met ?? []).map(([tap, column, x]): Meeting => [tapRow * width + tap, row * across + column, y * side + x]),
  )
}
