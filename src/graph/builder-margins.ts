import type { Step, Value } from './builder-layer.js'
import { integers } from './builder-shape.js'
import type { Pads } from './builder-window.js'
import { node } from './graph.js'

/** Rows and columns of zeros around a map. */
export function padStep(name: string, x: Value, [top, left, bottom, right]: Pads): Step {
  const [channels, height, width] = x.dims
  return {
    inputs: [x],
    nodes: [node('Pad', name, [x.name, `${name}/pads`])],
    dims: [channels, height + top + bottom, width + left + right],
    constants: { [`${name}/pads`]: integers([0, 0, top, left, 0, 0, bottom, right]) },
  }
}

/** A map without rows and columns at its sides. */
export function cropStep(name: string, x: Value, [top, left, bottom, right]: Pads): Step {
  const [channels, height, width] = x.dims
  const parts = { starts: [top, left], ends: [height - bottom, width - right], axes: [2, 3] }
  return {
    inputs: [x],
    nodes: [node('Slice', name, [x.name, ...Object.keys(parts).map((part) => `${name}/${part}`)])],
    dims: [channels, height - top - bottom, width - left - right],
    constants: Object.fromEntries(Object.entries(parts).map(([part, values]) => [`${name}/${part}`, integers(values)])),
  }
}
