import type { Graph, Node } from './graph.js'
import { floatsOf } from './tensor-floats.js'

/** What a batch norm does to each channel: y = scale · x + shift. */
export interface BatchNormLine {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

/** ONNX' default, added to the variance. */
const usualEpsilon = 1e-5

/**
 * scale = γ / √(σ² + ε), shift = β − μ · scale, in double precision.
 *
 * Undefined for other nodes, and for norms whose statistics are not constant.
 */
export function batchNormLine({ initializers }: Graph, { op, domain, inputs, outputs, attributes }: Node): BatchNormLine | undefined {
  const trains = attributes.training_mode?.kind === 'int' && attributes.training_mode.value !== 0
  if (op !== 'BatchNormalization' || domain !== '' || trains || outputs.filter((name) => name !== '').length !== 1) return undefined
  const [gamma, beta, mean, variance] = inputs.slice(1).map((name) => {
    const tensor = initializers.get(name)
    return tensor && floatsOf(tensor)
  })
  if (!gamma || !beta || !mean || !variance) return undefined
  const epsilon = attributes.epsilon?.kind === 'float' ? attributes.epsilon.value : usualEpsilon
  const scale = Float64Array.from(gamma, (value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon))
  const shift = Float64Array.from(beta, (value, c) => value - (mean[c] ?? 0) * (scale[c] ?? 0))
  return { scale, shift }
}
