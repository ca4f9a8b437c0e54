import { UserError } from '../base/errors.js'
import { withoutUnused } from './cut.js'
import type { Graph } from './graph.js'
import { IntegerWriter } from './integer-writer.js'
import { prepareQuantization } from './prepare-quantization.js'
import { quantizationPlan } from './quantization-plan.js'
import type { Ranges } from './ranges.js'

export interface QuantizeOptions {
  /** Weights of 7 bits, for CPUs that add pairs of products in 16 bits (x86 without VNNI), where 8 would overflow. */
  readonly reduceRange: boolean
}

/**
 * The network on integers: QuantizeLinear and DequantizeLinear around its layers, which onnxruntime merges into
 * integer kernels. Weights are int8 with a scale for each output channel, activations uint8, input and output float32.
 *
 * @param ranges what `calibrateRanges` found for the same graph.
 * @throws UserError when the graph is too old, has been quantized already, or has no layer with constant weights.
 */
export function quantizeGraph(graph: Graph, ranges: Ranges, { reduceRange }: QuantizeOptions): Graph {
  const prepared = prepareQuantization(graph)
  const plan = quantizationPlan(prepared)
  const writer = new IntegerWriter(prepared, plan, { ranges, limit: reduceRange ? 64 : 127 })
  const inputs = prepared.inputs.flatMap(({ name }) => writer.toBytes(name))
  const nodes = plan.steps.flatMap((step) => writer.write(step))
  return withoutUnused({ ...prepared, nodes: [...inputs, ...nodes], initializers: writer.constants })
}

/**
 * The graph that calibration runs: the prepared float32 network with every computed tensor as an output that becomes
 * bytes. The image needs a range too.
 *
 * @throws UserError as `quantizeGraph` does.
 */
export function calibrationGraph(graph: Graph): Graph {
  const prepared = prepareQuantization(graph)
  const { scaleOf } = quantizationPlan(prepared)
  if (scaleOf.size === 0) {
    throw new UserError(
      'Expected convolutions or dense layers with constant float32 weights for --precision int8, found none. Use --precision float32.',
    )
  }
  const images = new Set(prepared.inputs.map(({ name }) => name))
  const tensors = [...scaleOf.keys()].filter((tensor) => !images.has(tensor))
  return withoutUnused({ ...prepared, outputs: tensors.map((name) => ({ name, type: 'float32', dims: undefined })) })
}
