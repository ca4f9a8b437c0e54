import { createHash } from 'node:crypto'
import { fromFloat16Plain } from '../kernels/float16-plain.js'
import type { Graph, Tensor } from '../graph/graph.js'

/**
 * sha256 over a network's weights: for each constant, in the order in which the nodes first use them, its shape as
 * JSON and its values as little-endian float32.
 *
 * Names and storage (float16 or float32) do not count, so the digest outlives a change of the graph's spelling.
 */
export function weightsDigest(graph: Graph): string {
  const hash = createHash('sha256')
  for (const name of new Set(graph.nodes.flatMap((node) => node.inputs))) {
    const tensor = graph.initializers.get(name)
    if (!tensor) continue
    hash.update(JSON.stringify(tensor.dims))
    hash.update(asFloat32(tensor))
  }
  return hash.digest('hex')
}

function asFloat32({ type, bytes }: Tensor): Uint8Array {
  if (type !== 'float16') return bytes
  const halves = new Uint16Array(Uint8Array.from(bytes).buffer) // aligned
  const floats = new Float32Array(halves.length)
  fromFloat16Plain(halves, floats)
  return new Uint8Array(floats.buffer)
}
