import type { Dims, Step, Value } from './builder-layer.js'
import { type Padding, poolAttributes, type Sides, slide } from './builder-window.js'
import { node } from './graph.js'

export type Pooling = 'max' | 'average'

export interface PoolOptions {
  readonly kernel: Sides
  /** Default: the kernel's sides. */
  readonly strides?: Sides
  /** Default: valid. Added rows and columns never count in an average. */
  readonly padding?: Padding
}

const operators = { max: ['MaxPool', 'GlobalMaxPool'], average: ['AveragePool', 'GlobalAveragePool'] } as const

export function poolStep(kind: Pooling, name: string, x: Value, { kernel, strides = kernel, padding = 'valid' }: PoolOptions): Step {
  const window = { kernel, strides, padding }
  const [channels, height, width] = x.dims
  const dims: Dims = [channels, ...slide(name, [height, width], window)]
  return { inputs: [x], nodes: [node(operators[kind][0], name, [x.name], poolAttributes(window))], dims }
}

/** The mean or maximum of each channel, [channels, 1, 1]. */
export function globalPoolStep(kind: Pooling, name: string, x: Value): Step {
  return { inputs: [x], nodes: [node(operators[kind][1], name, [x.name])], dims: [x.dims[0], 1, 1] }
}

/** The mean or maximum of each channel, [channels]. */
export function flatGlobalPoolStep(kind: Pooling, name: string, x: Value): Step<readonly [number]> {
  const map = globalPoolStep(kind, `${name}:map`, x)
  const flatten = node('Flatten', name, [`${name}:map`], { axis: { kind: 'int', value: 1 } })
  return { ...map, nodes: [...map.nodes, flatten], dims: [x.dims[0]] }
}
