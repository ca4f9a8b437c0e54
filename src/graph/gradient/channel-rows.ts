import { ints } from '../attributes.js'
import { type Graph, type Node, node } from '../graph.js'
import { NodeWriter } from './node-writer.js'
import type { RowsMaps } from './rows-maps.js'
import { rowsRules } from './rows-rules.js'

/**
 * The graph with pointwise convolutions, and depthwise ones of small maps, as matrix products, for training.
 *
 * What such layers and those between them compute is kept as rows [channels, n · height · width] in place of [n, channels, height,
 * width]: a pointwise convolution is then one product for all images, kernel [out, in] · rows, and so are its gradients, without
 * anything being turned. Other layers get their tensors as they were, under their names; names of constants stay.
 *
 * @param shapes of the tensors, the batch first; layers whose shapes are not among them stay as they are.
 */
export function channelRows(graph: Graph, shapes: ReadonlyMap<string, readonly number[]>): Graph {
  const writer = new RowsWriter(graph, shapes)
  for (const each of graph.nodes) writer.add(each)
  return writer.finished()
}

class RowsWriter implements RowsMaps {
  readonly graph: Graph
  readonly write = new NodeWriter('rows:')
  readonly #shapes: ReadonlyMap<string, readonly number[]>
  /** Tensors that there are as rows, and under which name. */
  readonly #rows = new Map<string, string>()
  /** Of these the ones that there are in no other form. */
  readonly #rowsOnly = new Set<string>()

  constructor(graph: Graph, shapes: ReadonlyMap<string, readonly number[]>) {
    this.graph = graph
    this.#shapes = shapes
  }

  add(each: Node): void {
    const [output = ''] = each.outputs
    const made = each.domain === '' ? rowsRules[each.op]?.(each, this) : undefined
    if (made === undefined) {
      for (const input of each.inputs) this.#restore(input)
      this.write.nodes.push(each)
    } else if (made !== output) {
      this.#rows.set(output, made)
      this.#rowsOnly.add(output)
    }
  }

  finished(): Graph {
    for (const { name } of this.graph.outputs) this.#restore(name)
    const { initializers } = this.graph
    return { ...this.graph, nodes: [...this.write.nodes], initializers: new Map([...initializers, ...this.write.constants]) }
  }

  sides(tensor: string): readonly number[] | undefined {
    const shape = this.#shapes.get(tensor)
    return shape?.length === 4 ? shape.slice(1) : undefined
  }

  has(tensor: string): boolean {
    return this.#rows.has(tensor)
  }

  rows(tensor: string): string {
    const [channels = 1] = this.sides(tensor) ?? []
    const turned = () => this.write.op('Transpose', [tensor], { perm: ints([1, 0, 2, 3]) })
    const known = this.#rows.get(tensor) ?? this.write.op('Reshape', [turned(), this.write.integers(channels, -1)])
    this.#rows.set(tensor, known)
    return known
  }

  /** Gives a tensor that there is only as rows back its own form and name. */
  #restore(tensor: string): void {
    if (!this.#rowsOnly.delete(tensor)) return
    const [channels = 1, height = 1, width = 1] = this.sides(tensor) ?? []
    const maps = this.write.op('Reshape', [this.rows(tensor), this.write.integers(channels, -1, height, width)])
    this.write.nodes.push(node('Transpose', tensor, [maps], { perm: ints([1, 0, 2, 3]) }))
  }
}
