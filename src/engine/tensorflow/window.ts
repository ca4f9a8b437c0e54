import { intOf, intsOf, textOf } from '../../graph/attributes.js'
import type { Node } from '../../graph/graph.js'
import { refusal } from './operator.js'
import type { Paddings, Pair } from './tensorflow.js'

/** How a window slides over a map: the attributes that Conv, MaxPool and AveragePool share. */
export interface Window {
  /** [rows, columns] between one position and the next. */
  readonly strides: Pair
  readonly dilations: Pair
  /** What is added around a map of [height, width] under a kernel of [height, width] (with the gaps of dilation in it). */
  readonly added: (map: Pair, kernel: Pair) => Added
}

/** [before, after] of the rows and of the columns. */
export interface Added {
  readonly rows: Side
  readonly columns: Side
}

/** `ceil`: added at the end only so that `ceil_mode` gets its last position; such places never count in an average. */
interface Side {
  readonly before: number
  readonly after: number
  readonly ceil: number
}

/** A window along one axis. */
interface Slide {
  readonly length: number
  readonly kernel: number
  readonly stride: number
}

/**
 * Reads a node's window.
 *
 * @throws UserError where it does not slide over two axes.
 */
export function windowOf(node: Node): Window {
  const strides = pairOf(node, 'strides')
  const dilations = pairOf(node, 'dilations')
  const pads = intsOf(node, 'pads') ?? [0, 0, 0, 0]
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  if (pads.length !== 4) throw refusal(node, `padding of ${pads.length / 2} axes`)
  const auto = textOf(node, 'auto_pad', 'NOTSET')
  const ceil = intOf(node, 'ceil_mode', 0) === 1
  const along = (slide: Slide, explicit: Pair): Side => {
    if (auto.startsWith('SAME')) return same(slide, auto === 'SAME_LOWER')
    const [before, after] = auto === 'VALID' ? [0, 0] : explicit
    return { before, after, ceil: ceil ? lastStep(slide, [before, after]) : 0 }
  }
  return {
    strides,
    dilations,
    added: (map, kernel) => ({
      rows: along({ length: map[0], kernel: kernel[0], stride: strides[0] }, [top, bottom]),
      columns: along({ length: map[1], kernel: kernel[1], stride: strides[1] }, [left, right]),
    }),
  }
}

/** ⌈length / stride⌉ positions; what is odd goes to the end, or to the start where `lower`. */
function same({ length, kernel, stride }: Slide, lower: boolean): Side {
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + kernel - length)
  const less = Math.floor(total / 2)
  return lower ? { before: total - less, after: less, ceil: 0 } : { before: less, after: total - less, ceil: 0 }
}

/** What `ceil_mode` adds at the end: one more position where it begins inside the map or the padding before it. */
function lastStep({ length, kernel, stride }: Slide, [before, after]: Pair): number {
  const room = before + length + after
  const steps = Math.ceil((room - kernel) / stride)
  const counted = steps * stride >= length + before ? steps - 1 : steps
  return Math.max(0, counted * stride + kernel - room)
}

function pairOf(node: Node, name: string): Pair {
  const values = intsOf(node, name) ?? [1, 1]
  const [height = 1, width = 1] = values
  if (values.length !== 2) throw refusal(node, `${name} over ${values.length} axes`)
  return [height, width]
}

/** The paddings of a map [n, height, width, channels]. */
export function paddingsOf({ rows, columns }: Added): Paddings {
  return [
    [0, 0],
    [rows.before, rows.after + rows.ceil],
    [columns.before, columns.after + columns.ceil],
    [0, 0],
  ]
}
