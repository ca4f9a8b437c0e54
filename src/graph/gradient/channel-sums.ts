import { int } from '../attributes.js'
import type { Call } from './rule.js'

/** [n, channels, …] → [channels]. */
export function channelSums({ write }: Call, tensor: string): string {
  const rows = write.op('Reshape', [tensor, write.integers(0, 0, -1)])
  return write.op('ReduceSum', [rows, write.integers(0, 2)], { keepdims: int(0) })
}
