import { floats } from './builder-weights.js'
import { type Node, node, type Tensor } from './graph.js'
import type { IntegerWeights } from './quantize-weights.js'

/** A layer's weights in a quantized graph: nodes that read them, and the constants that hold them. */
export interface WeightNodes {
  /** DequantizeLinear of the kernel and of the bias, named after what they give. */
  readonly nodes: readonly [Node, Node]
  readonly constants: ReadonlyMap<string, Tensor>
}

/** @param axis of the kernel's output channels. */
export function weightNodes(layer: string, { weight, scale, bias, biasScale }: IntegerWeights, axis: 0 | 1): WeightNodes {
  const channels = scale.length
  const [kernel, offsets] = [`${layer}:kernel`, `${layer}:offsets`]
  const along = (value: number) => ({ axis: { kind: 'int', value } }) as const
  return {
    nodes: [
      node('DequantizeLinear', kernel, [`${kernel}:values`, `${kernel}:scale`, `${kernel}:zero`], along(axis)),
      node('DequantizeLinear', offsets, [`${offsets}:values`, `${offsets}:scale`], along(0)),
    ],
    constants: new Map([
      [`${kernel}:values`, weight],
      [`${kernel}:scale`, floats([channels], scale)],
      [`${kernel}:zero`, { type: 'int8', dims: [channels], bytes: new Uint8Array(channels) }],
      [`${offsets}:values`, bias],
      [`${offsets}:scale`, floats([channels], biasScale)],
    ]),
  }
}
