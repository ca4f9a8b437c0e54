import type { AnyValue, Step, Value } from './builder-layer.js'
import { integers } from './builder-shape.js'
import { node } from './graph.js'

/** One channel of a map, [height, width]. */
export function channelStep(name: string, x: Value, channel: number): Step<readonly number[]> {
  const index = integers([channel])
  return {
    inputs: [x],
    nodes: [node('Gather', name, [x.name, `${name}/channel`], { axis: { kind: 'int', value: 1 } })],
    dims: x.dims.slice(1),
    constants: { [`${name}/channel`]: { ...index, dims: [] } },
  }
}

/** A map with its last channel first. */
export function reversedStep(name: string, x: Value): Step {
  const order = Array.from({ length: x.dims[0] }, (_, at) => x.dims[0] - 1 - at)
  return {
    inputs: [x],
    nodes: [node('Gather', name, [x.name, `${name}/order`], { axis: { kind: 'int', value: 1 } })],
    dims: x.dims,
    constants: { [`${name}/order`]: integers(order) },
  }
}

/** Channels, each [height, width], as a map. */
export function stackStep(name: string, channels: readonly AnyValue[]): Step<readonly number[]> {
  const parts = channels.map(({ name: tensor }, at) => node('Unsqueeze', `${name}:part${at + 1}`, [tensor, `${name}/axes`]))
  const names = parts.map((part) => part.name)
  return {
    inputs: channels,
    nodes: [...parts, node('Concat', name, names, { axis: { kind: 'int', value: 1 } })],
    dims: [channels.length, ...(channels[0]?.dims ?? [])],
    constants: { [`${name}/axes`]: integers([1]) },
  }
}
