import { int } from '../attributes.js'
import type { NodeWriter } from './node-writer.js'

/**
 * A gradient summed to the shape of the tensor that it belongs to, which an operator stretched: over the axes that the
 * tensor lacks and over those where its side is 1. The shapes may be known only when the graph runs.
 */
export function sumToShape(write: NodeWriter, gradient: string, tensor: string): string {
  const from = write.op('Shape', [gradient])
  const to = write.op('Shape', [tensor])
  const missing = write.op('Sub', [write.op('Shape', [from]), write.op('Shape', [to])])
  const pads = write.op('Concat', [missing, write.integers(0)], { axis: int(0) })
  const aligned = write.op('Pad', [to, pads, write.integer(1)]) // shape of the tensor with sides of 1 before it
  const stretched = write.op('NonZero', [write.op('Not', [write.op('Equal', [aligned, from])])])
  const axes = write.op('Reshape', [stretched, write.integers(-1)])
  const summed = write.op('ReduceSum', [gradient, axes], { keepdims: int(1), noop_with_empty_axes: int(1) })
  return write.op('Reshape', [summed, to])
}
