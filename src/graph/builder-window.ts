import { UserError } from '../base/errors.js'
import type { Attribute } from './graph.js'

/** One number for both sides, or [height, width]. */
export type Sides = number | readonly [number, number]

/** Rows and columns added: [top, left, bottom, right]. */
export type Pads = readonly [number, number, number, number]

/** same: ⌈side / stride⌉ as in TensorFlow, the odd row or column at the end; valid: none added. */
export type Padding = 'same' | 'valid' | Pads

/** A window that slides over a map: a kernel's or a pool's. */
export interface Window {
  readonly kernel: Sides
  readonly strides: Sides
  readonly padding: Padding
  /** Steps between the window's own rows and columns. Default 1. */
  readonly dilations?: Sides
}

/** [height, width] of a pair or of one number for both. */
export function sides(of: Sides): readonly [number, number] {
  return typeof of === 'number' ? [of, of] : of
}

/**
 * A window over a map of `height` × `width`, its padding in numbers where onnxruntime knows no "same": with dilations.
 *
 * Added in all: max((⌈side / stride⌉ − 1) · stride + extent − side, 0), the smaller half before the first row or column.
 */
export function windowOver([height, width]: readonly [number, number], window: Window): Window {
  if (window.padding !== 'same' || !isDilated(window)) return window
  const [down, right] = sides(window.strides)
  const [rows, columns] = extent(window)
  const vertical = Math.max((Math.ceil(height / down) - 1) * down + rows - height, 0)
  const horizontal = Math.max((Math.ceil(width / right) - 1) * right + columns - width, 0)
  return { ...window, padding: [Math.floor(vertical / 2), Math.floor(horizontal / 2), Math.ceil(vertical / 2), Math.ceil(horizontal / 2)] }
}

/** Rows and columns from the first to the last that a window sees. */
function extent({ kernel, dilations = 1 }: Window): readonly [number, number] {
  const [height, width] = sides(kernel)
  const [down, right] = sides(dilations)
  return [(height - 1) * down + 1, (width - 1) * right + 1]
}

function isDilated({ dilations = 1 }: Window): boolean {
  return sides(dilations).some((step) => step > 1)
}

/** A window as attributes of Conv. */
export function windowAttributes(window: Window): Record<string, Attribute> {
  const { kernel, strides, padding, dilations = 1 } = window
  const shape = sides(kernel)
  const added = padding === 'valid' || (padding === 'same' && shape.every((side) => side === 1)) ? [0, 0, 0, 0] : padding
  const pads: Record<string, Attribute> =
    added === 'same' ? { auto_pad: { kind: 'string', value: 'SAME_UPPER' } } : { pads: { kind: 'ints', value: added } }
  const spread: Record<string, Attribute> = isDilated(window) ? { dilations: { kind: 'ints', value: sides(dilations) } } : {}
  return { kernel_shape: { kind: 'ints', value: shape }, strides: { kind: 'ints', value: sides(strides) }, ...spread, ...pads }
}

/**
 * A window as attributes of MaxPool and AveragePool.
 *
 * Without padding they say VALID rather than pads of 0: else onnxruntime 1.30 merges a Pad before them into their own
 * padding (its PadFusion), which a maximum does not see, so that negative maps lose their zeros. Convolutions may merge.
 */
export function poolAttributes(window: Window): Record<string, Attribute> {
  const { pads, ...others } = windowAttributes(window)
  if (window.padding === 'valid') return { ...others, auto_pad: { kind: 'string', value: 'VALID' } }
  return pads ? { ...others, pads } : others
}

/** [height, width] of what the window makes of a map of `height` × `width`. */
export function slide(layer: string, [height, width]: readonly [number, number], window: Window): readonly [number, number] {
  const [kernelHeight, kernelWidth] = extent(window)
  const [down, right] = sides(window.strides)
  const { padding } = window
  if (padding === 'same') return [Math.ceil(height / down), Math.ceil(width / right)]
  const [top, left, bottom, end] = padding === 'valid' ? [0, 0, 0, 0] : padding
  const rows = Math.floor((height + top + bottom - kernelHeight) / down) + 1
  const columns = Math.floor((width + left + end - kernelWidth) / right) + 1
  if (rows > 0 && columns > 0) return [rows, columns]
  throw new UserError(
    `Expected --size to leave layer "${layer}" at least ${kernelHeight} × ${kernelWidth} of its input, got ${height} × ${width}. Use a larger --size.`,
    2,
  )
}
