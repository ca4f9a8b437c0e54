import { reversedStep } from '../../graph/builder-channels.js'
import type { Value } from '../../graph/builder-layer.js'
import { cropStep } from '../../graph/builder-margins.js'
import { shownShape } from '../../graph/builder-shape.js'
import { Unconvertible } from '../unconvertible.js'
import { numberOf } from './attributes.js'
import { titleOf } from './graph-def.js'
import { mapOf, type NodeCall, type NodeRule, numbersAt } from './node-call.js'

/** Rows and columns cut off a map, x[:, t:b, l:r, :], or its channels turned round, x[..., ::-1]. */
export const stridedSlice: NodeRule = (call) => {
  const x = mapOf(call)
  const { name } = call.node
  if (isReversal(call)) return { step: reversedStep(name, x) }
  const [batch, rows, columns, channels] = rangesOf(call, x)
  if (!rows || !columns || !isWhole(batch) || !isWhole(channels) || rows.length <= 0 || columns.length <= 0) {
    throw new Unconvertible(`${titleOf(call.node)} of other than rows and columns of a map`)
  }
  return { step: cropStep(name, x, [rows.before, columns.before, rows.after, columns.after]) }
}

/** What a slice leaves of an axis, and what it cuts off. */
interface Range {
  readonly before: number
  readonly after: number
  readonly length: number
}

const isWhole = (range: Range | undefined) => range?.before === 0 && range.after === 0

/** The four axes' ranges; none where the slice is of another kind. */
function rangesOf(call: NodeCall, x: Value): readonly Range[] {
  const [begin, end, strides] = [1, 2, 3].map((at) => numbersAt(call, at))
  const isPlain = ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].every((key) => numberOf(call.node, key, 0) === 0)
  if (!isPlain || strides?.join() !== '1,1,1,1') return []
  const masks = ['begin_mask', 'end_mask'].map((key) => numberOf(call.node, key, 0))
  return [1, ...shownShape(x)].map((side, axis) => {
    const [from, to] = [begin, end].map((ends, at) => (((masks[at] ?? 0) >> axis) & 1 ? undefined : ends?.[axis]))
    const start = from === undefined ? 0 : bounded(from, side)
    const stop = to === undefined ? side : bounded(to, side)
    return { before: start, after: side - stop, length: stop - start }
  })
}

/** An end of a slice: from the end where it is negative, never beyond the sides. */
function bounded(at: number, side: number): number {
  return Math.min(Math.max(at < 0 ? at + side : at, 0), side)
}

/** An ellipsis, and all of the last axis backwards. */
function isReversal(call: NodeCall): boolean {
  const masks = ['ellipsis_mask', 'begin_mask', 'end_mask'].map((key) => numberOf(call.node, key, 0))
  const hasOpenEnds = masks[0] === 1 && masks.slice(1).every((mask) => (mask & 2) === 2)
  return hasOpenEnds && numbersAt(call, 3).join() === '1,-1'
}
