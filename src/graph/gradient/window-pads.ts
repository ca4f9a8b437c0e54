import { int, intsOf, textOf } from '../attributes.js'
import type { Call } from './rule.js'

/** A window as a node's attributes tell it. */
export interface WindowSettings {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
}

/** @param kernel sides of the window where no attribute tells them. */
export function windowSettings({ node }: Call, kernel: readonly number[] = []): WindowSettings {
  const sides = intsOf(node, 'kernel_shape') ?? kernel
  const ones = sides.map(() => 1)
  return { kernel: sides, strides: intsOf(node, 'strides') ?? ones, dilations: intsOf(node, 'dilations') ?? ones }
}

/** Rows and columns added before and behind. */
export interface FixedPads {
  readonly begin: readonly number[]
  readonly end: readonly number[]
}

/** Rows and columns from the first to the last that a window sees. */
export function extentOf({ kernel, dilations }: WindowSettings): readonly number[] {
  return kernel.map((side, axis) => (side - 1) * (dilations[axis] ?? 1) + 1)
}

/** The padding, where it does not depend on the input's size; undefined where it does (SAME with strides). */
export function fixedPads({ node }: Call, window: WindowSettings): FixedPads | undefined {
  const rule = textOf(node, 'auto_pad', 'NOTSET')
  const none = window.kernel.map(() => 0)
  if (rule === 'VALID') return { begin: none, end: none }
  if (rule === 'NOTSET') {
    const pads = intsOf(node, 'pads') ?? [...none, ...none]
    return { begin: pads.slice(0, none.length), end: pads.slice(none.length) }
  }
  if (window.strides.some((step) => step !== 1)) return undefined
  const added = extentOf(window).map((extent) => extent - 1)
  const [less, more] = [added.map((all) => Math.floor(all / 2)), added.map((all) => Math.ceil(all / 2))]
  return rule === 'SAME_LOWER' ? { begin: more, end: less } : { begin: less, end: more }
}

/** The names of both lists of pads, int64, computed from the input's size where they depend on it. */
export interface NamedPads {
  readonly begin: string
  readonly end: string
}

/** SAME: max((⌈side / stride⌉ − 1) · stride + extent − side, 0) in all, the smaller half first unless LOWER. */
export function namedPads(call: Call, window: WindowSettings): NamedPads {
  const { write, node } = call
  const fixed = fixedPads(call, window)
  if (fixed) return { begin: write.integers(...fixed.begin), end: write.integers(...fixed.end) }
  const sides = write.op('Shape', [node.inputs[0] ?? ''], { start: int(2) })
  const strides = write.integers(...window.strides)
  const one = write.integers(1)
  const steps = write.op('Div', [write.op('Sub', [sides, one]), strides]) // ⌈side / stride⌉ − 1
  const seen = write.op('Add', [write.op('Mul', [steps, strides]), write.integers(...extentOf(window))])
  const added = write.op('Max', [write.op('Sub', [seen, sides]), write.integers(0)])
  const less = write.op('Div', [added, write.integers(2)])
  const more = write.op('Sub', [added, less])
  return textOf(node, 'auto_pad', '') === 'SAME_LOWER' ? { begin: more, end: less } : { begin: less, end: more }
}
