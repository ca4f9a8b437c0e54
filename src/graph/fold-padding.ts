import { withoutUnused } from './cut.js'
import { type Graph, type Node, producerOf, type Tensor } from './graph.js'
import { floatsOf } from './tensor-floats.js'

/**
 * The graph with zero padding as an attribute of the convolutions behind it, and of maximum pools behind it where the
 * map is never negative (a pool's own padding never wins, a zero does).
 */
export function foldPadding(graph: Graph): Graph {
  const pads = new Map(graph.nodes.flatMap((node) => (node.op === 'Pad' ? [[node.outputs[0] ?? '', node]] : [])))
  const nodes = graph.nodes.map((node): Node => {
    const pad = pads.get(node.inputs[0] ?? '')
    const added = pad && zeroPads(graph, pad)
    const source = pad?.inputs[0] ?? ''
    if (!added || !takesPads(node) || (node.op === 'MaxPool' && !(isPositive(graph, source) && fits(node, added)))) return node
    const total = added.map((rows, side) => rows + (ownPads(node)[side] ?? 0))
    const { auto_pad: _, ...attributes } = node.attributes
    return { ...node, inputs: [source, ...node.inputs.slice(1)], attributes: { ...attributes, pads: { kind: 'ints', value: total } } }
  })
  return withoutUnused({ ...graph, nodes })
}

/** [top, left, bottom, right] of a Pad that adds zeros around maps; undefined for any other. */
function zeroPads({ initializers }: Graph, { inputs, attributes }: Node): number[] | undefined {
  const mode = attributes.mode?.kind === 'string' ? attributes.mode.value : 'constant'
  const [pads, filler] = [initializers.get(inputs[1] ?? ''), initializers.get(inputs[2] ?? '')]
  if (mode !== 'constant' || pads?.type !== 'int64' || pads.dims[0] !== 8 || inputs[3]) return undefined
  if (inputs[2] && !(filler && isZero(filler))) return undefined
  const [n, c, top, left, n1, c1, bottom, right] = [...new BigInt64Array(Uint8Array.from(pads.bytes).buffer)].map(Number)
  const sides = [top ?? 0, left ?? 0, bottom ?? 0, right ?? 0]
  return n === 0 && c === 0 && n1 === 0 && c1 === 0 && sides.every((side) => side >= 0) ? sides : undefined
}

const isZero = (tensor: Tensor) => floatsOf(tensor)?.every((value) => value === 0) === true

/** Whether a node's padding stands as numbers, of two dimensions. */
function takesPads({ op, domain, outputs, attributes }: Node): boolean {
  const rule = attributes.auto_pad?.kind === 'string' ? attributes.auto_pad.value : 'NOTSET'
  const { kernel_shape: kernel, ceil_mode: ceil } = attributes
  if (!['NOTSET', 'VALID'].includes(rule) || domain !== '') return false
  if (op === 'Conv') return true
  const plain = kernel?.kind === 'ints' && kernel.value.length === 2 && !(ceil?.kind === 'int' && ceil.value !== 0)
  return op === 'MaxPool' && plain && outputs.length === 1
}

function ownPads({ attributes: { pads } }: Node): readonly number[] {
  return pads?.kind === 'ints' ? pads.value : []
}

/** Every window of a pool must touch the map itself. */
function fits({ attributes: { kernel_shape: kernel } }: Node, pads: readonly number[]): boolean {
  const sides = kernel?.kind === 'ints' ? kernel.value : []
  return pads.every((rows, side) => rows < (sides[side % 2] ?? 0))
}

/** Told from the node that computes it. */
function isPositive(graph: Graph, tensor: string): boolean {
  const from = producerOf(graph, tensor)
  if (from?.op === 'Relu') return true
  const bound = from?.op === 'Clip' ? graph.initializers.get(from.inputs[1] ?? '') : undefined
  return bound !== undefined && (floatsOf(bound)?.[0] ?? -1) >= 0
}
