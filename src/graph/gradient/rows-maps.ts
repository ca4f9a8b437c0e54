import type { Graph } from '../graph.js'
import type { NodeWriter } from './node-writer.js'

/** What a rule of `rowsRules` knows of the tensors, and where it writes. */
export interface RowsMaps {
  readonly graph: Graph
  readonly write: NodeWriter
  /** [channels, height, width] of a tensor of images; undefined where that is not known, and for other tensors. */
  sides(tensor: string): readonly number[] | undefined
  /** Whether there is a tensor as rows. */
  has(tensor: string): boolean
  /** A tensor as rows, [channels, n · height · width]. */
  rows(tensor: string): string
}
