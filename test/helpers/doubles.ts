import type { Node } from '../../src/graph/graph.js'

export interface Doubles {
  readonly data: Float64Array
  readonly dims: readonly number[]
}

/** An operator as its definition reads, in double precision. */
export type Operator = (node: Node, ...inputs: readonly Doubles[]) => Doubles

export const none: Doubles = { data: new Float64Array(), dims: [0] }
