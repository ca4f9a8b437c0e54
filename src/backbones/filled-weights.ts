import type { Layer, WeightSlot } from '../graph/builder-layer.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { Network } from './architecture.js'
import { type FillKind, fillWeight } from './fill.js'
import { kerasOrder } from './keras-order.js'

/** How each weight is filled, by its name: Keras' names, then torch's of batch norms. */
const kinds: Readonly<Record<string, FillKind>> = {
  ...{ kernel: 'kernel', pointwise_kernel: 'kernel', depthwise_kernel: 'depthwise_kernel' },
  ...{ bias: 'bias', gamma: 'gamma', beta: 'beta', moving_mean: 'mean', moving_variance: 'variance' },
  ...{ weight: 'gamma', running_mean: 'mean', running_var: 'variance' },
}

/** A network's weights from the filler, numbered in the order in which the library's own weight files hold them. */
export function filledWeights({ architecture, layers, output }: Network): LayerWeights {
  let tensor = 0
  const inFile = architecture.weights === 'keras' ? kerasOrder(layers, output.name) : layers
  return new Map(inFile.map((layer: Layer) => [layer.name, layer.weights.map((slot) => filled(slot, tensor++))]))
}

function filled({ name, shape }: WeightSlot, tensor: number): Float32Array {
  const isTorchKernel = name === 'weight' && shape.length === 4
  const [, ...inputs] = shape // [out, in, h, w]
  if (isTorchKernel) {
    return fillWeight(
      tensor,
      shape,
      'kernel',
      inputs.reduce((all, side) => all * side, 1),
    )
  }
  return fillWeight(tensor, shape, kinds[name] ?? 'kernel')
}
