import { type AnyValue, isMap, type Step } from '../../graph/builder-layer.js'
import type { Pairing } from '../../graph/builder-merge.js'
import { floats } from '../../graph/builder-weights.js'
import { node, type Tensor } from '../../graph/graph.js'

/** One number, or one for each channel. */
export type PerChannel = number | readonly number[]

/** The dimensions with which one number for each of so many channels goes with a tensor; none for one number alone. */
export function channelDims(x: AnyValue, channels: number | undefined): readonly number[] {
  if (channels === undefined) return []
  return isMap(x) ? [channels, 1, 1] : [channels]
}

/** The constant as it goes with a tensor. */
export function constantFor(x: AnyValue, value: PerChannel): Tensor {
  return typeof value === 'number' ? floats([], Float32Array.of(value)) : floats(channelDims(x, value.length), Float32Array.from(value))
}

/** ((x ∘ constant) ∘ constant) … */
export function constantsStep(name: string, x: AnyValue, pairs: readonly (readonly [Pairing, PerChannel])[]): Step<readonly number[]> {
  const outputs = pairs.map((_, at) => (at === pairs.length - 1 ? name : `${name}:part${at + 1}`))
  return {
    inputs: [x],
    nodes: pairs.map(([op], at) => node(op, outputs[at] ?? name, [outputs[at - 1] ?? x.name, `${name}/${at + 1}`])),
    dims: x.dims,
    constants: Object.fromEntries(pairs.map(([, value], at) => [`${name}/${at + 1}`, constantFor(x, value)])),
  }
}
