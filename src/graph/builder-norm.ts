import { batchNormEpsilon, batchNormNames, type Convention, channelAxis, channelSlot, type Step, type Value } from './builder-layer.js'
import { floats } from './builder-weights.js'
import { node } from './graph.js'

export interface BatchNormOptions {
  /** Added to the variance. Default: that of the convention. */
  readonly epsilon?: number
  /** Default true; false: no gamma, which then is 1. */
  readonly scale?: boolean
  /** Default true; false: no beta, which then is 0. */
  readonly center?: boolean
}

/** gamma · (x − mean) / √(variance + epsilon) + beta, by channel, with the moving statistics. */
export function batchNormStep<Shape extends readonly number[]>(
  convention: Convention,
  name: string,
  x: Value<Shape>,
  { epsilon = batchNormEpsilon[convention], scale = true, center = true }: BatchNormOptions = {},
): Step<Shape> {
  const channels = x.dims[channelAxis(x) - 1] ?? 1
  const slots = batchNormNames[convention].map((part) => channelSlot(part, `${name}/${part}`, channels))
  const isKept = [scale, center, true, true]
  const fixed = slots.flatMap(({ tensor, dims }, at) =>
    isKept[at] ? [] : [[tensor, floats(dims, new Float32Array(channels).fill(at === 0 ? 1 : 0))] as const],
  )
  return {
    inputs: [x],
    nodes: [
      node('BatchNormalization', name, [x.name, ...slots.map(({ tensor }) => tensor)], { epsilon: { kind: 'float', value: epsilon } }),
    ],
    dims: x.dims,
    weights: slots.filter((_, at) => isKept[at]),
    constants: Object.fromEntries(fixed),
  }
}
