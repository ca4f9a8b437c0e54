import type { Layer } from '../graph/builder-layer.js'

/**
 * Layers in the order of Keras' `model.layers`, which is the order of weights in .h5 files.
 *
 * Keras sorts by depth, the longest way from a layer to the output, deepest first; layers of one depth stand in the
 * order in which a depth-first walk from the output over each layer's inputs comes upon them. Layers that the output does
 * not need are left out. (Keras 3: keras/src/ops/function.py, map_graph.)
 *
 * @param output name of the tensor where the model ends.
 */
export function kerasOrder(layers: readonly Layer[], output: string): Layer[] {
  const byOutput = new Map(layers.map((layer) => [layer.output, layer]))
  const { met, finished } = walk(byOutput, output)
  const depth = depths(byOutput, finished)
  const index = new Map(met.map((layer, at) => [layer, at]))
  return met.toSorted((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0) || (index.get(a) ?? 0) - (index.get(b) ?? 0))
}

interface Walk {
  /** Layers as they are come upon. */
  readonly met: readonly Layer[]
  /** Layers as all their inputs are done: every layer behind its inputs. */
  readonly finished: readonly Layer[]
}

/** Depth first, from the output to the image. */
function walk(byOutput: ReadonlyMap<string, Layer>, output: string): Walk {
  const met = new Set<Layer>()
  const finished: Layer[] = []
  const visit = (tensor: string) => {
    const layer = byOutput.get(tensor)
    if (!layer || met.has(layer)) return
    met.add(layer)
    layer.inputs.forEach(visit)
    finished.push(layer)
  }
  visit(output)
  return { met: [...met], finished }
}

/** The longest way from each layer to the output. */
function depths(byOutput: ReadonlyMap<string, Layer>, finished: readonly Layer[]): Map<Layer, number> {
  const depth = new Map<Layer, number>()
  for (const layer of finished.toReversed()) {
    const own = depth.get(layer) ?? 0
    depth.set(layer, own)
    for (const input of layer.inputs) {
      const before = byOutput.get(input)
      if (before) depth.set(before, Math.max(own + 1, depth.get(before) ?? 0))
    }
  }
  return depth
}
