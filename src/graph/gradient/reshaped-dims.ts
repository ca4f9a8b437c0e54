import type { Graph } from '../graph.js'

/** Sides of a tensor, undefined where only a run tells. */
export type PartialDims = readonly (number | undefined)[]

/** Sides of a tensor that was reshaped to a constant shape; undefined for all other tensors. */
export function reshapedDims({ nodes, initializers }: Graph, tensor: string): PartialDims | undefined {
  const made = nodes.find(({ outputs }) => outputs[0] === tensor)
  const shape = made?.op === 'Reshape' ? initializers.get(made.inputs[1] ?? '') : undefined
  if (!shape) return undefined
  const sides = new BigInt64Array(Uint8Array.from(shape.bytes).buffer) // a copy is aligned
  return Array.from(sides, (side) => (side > 0n ? Number(side) : undefined))
}
