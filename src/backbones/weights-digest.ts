import { createHash } from 'node:crypto'
import type { Graph, Tensor } from '../graph/graph.js'
import { createFloat16, type Float16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'

/**
 * sha256 over a network's weights: for each constant, in the order in which the nodes first use them, its shape as
 * JSON and its values as little-endian float32.
 *
 * Names and storage (float16 or float32) do not count, so the digest outlives a change of the graph's spelling.
 */
export function weightsDigest(graph: Graph): string {
  const hash = createHash('sha256')
  const float16 = createFloat16(createKernels())
  for (const name of new Set(graph.nodes.flatMap((node) => node.inputs))) {
    const tensor = graph.initializers.get(name)
    if (!tensor) continue
    hash.update(JSON.stringify(tensor.dims))
    hash.update(asFloat32(tensor, float16))
  }
  return hash.digest('hex')
}

function asFloat32({ type, bytes }: Tensor, float16: Float16): Uint8Array {
  if (type !== 'float16') return bytes
  const halves = new Uint16Array(Uint8Array.from(bytes).buffer) // aligned
  const floats = new Float32Array(halves.length)
  float16.fromFloat16(halves, floats)
  return new Uint8Array(floats.buffer)
}
