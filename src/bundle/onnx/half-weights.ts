import { type Graph, type Node, node, type Tensor } from '../../graph/graph.js'
import { floatsOf } from '../../graph/tensor-floats.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'

/** Constants of fewer numbers stay as they are. */
const fewest = 256

/** TensorProto.DataType of float32. */
const float32 = 1

/** The graph with its large float32 constants kept as float16 behind a Cast: half the file, the same arithmetic. Those that do not fit stay. */
export function withHalfWeights(graph: Graph): Graph {
  const float16 = createFloat16(createKernels())
  const casts: Node[] = []
  const initializers = new Map<string, Tensor>()
  for (const [name, tensor] of graph.initializers) {
    const values = tensor.type === 'float32' && tensor.bytes.length >= 4 * fewest ? floatsOf(tensor) : undefined
    const halves = new Uint16Array(values?.length ?? 0)
    const isFitting = values !== undefined && !float16.toFloat16(values, halves).overflow
    if (!isFitting) {
      initializers.set(name, tensor)
      continue
    }
    const half = `${name}:float16`
    initializers.set(half, { type: 'float16', dims: tensor.dims, bytes: new Uint8Array(halves.buffer) })
    casts.push({ ...node('Cast', `${name}:cast`, [half], { to: { kind: 'int', value: float32 } }), outputs: [name] })
  }
  return { ...graph, nodes: [...casts, ...graph.nodes], initializers }
}
