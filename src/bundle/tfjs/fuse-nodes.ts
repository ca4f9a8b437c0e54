import { int, type TfGraph, type TfNodeDef, texts } from './graph-writer.js'

/** A product and what it is called with its bias inside. */
const products: ReadonlyMap<string, string> = new Map([
  ['Conv2D', '_FusedConv2D'],
  ['DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative'],
  ['MatMul', '_FusedMatMul'],
])
const biasAlone = texts(['BiasAdd'])
const activations = new Set(['Relu', 'Relu6', 'Elu', 'Sigmoid'])

/**
 * The graph with bias and activation inside the convolution or product before them, where nobody else takes what lies between.
 *
 * The merged node has the name of the last one. Source: @tensorflow/tfjs-converter 4.22, convolution_executor.ts.
 */
export function fuseNodes(graph: TfGraph): TfGraph {
  const uses = new Map<string, number>()
  for (const { input } of graph.nodes) for (const name of input) uses.set(name, (uses.get(name) ?? 0) + 1)
  const nodes = new Map<string, TfNodeDef>()
  for (const node of graph.nodes) {
    const before = uses.get(node.input[0] ?? '') === 1 ? nodes.get(node.input[0] ?? '') : undefined
    const fused = before && (withBias(before, node, graph) ?? withActivation(before, node))
    nodes.set(node.name, fused ?? node)
  }
  return { ...graph, nodes: [...nodes.values()] }
}

function withBias(
  { op, input, attr }: TfNodeDef,
  { name, op: add, input: [, bias = ''] }: TfNodeDef,
  graph: TfGraph,
): TfNodeDef | undefined {
  const fused = products.get(op)
  if (!fused || add !== 'AddV2' || graph.constants.get(bias)?.shape.length !== 1) return undefined
  return { name, op: fused, input: [...input, bias], attr: { ...attr, fused_ops: biasAlone, num_args: int(1) } }
}

function withActivation(before: TfNodeDef, { name, op }: TfNodeDef): TfNodeDef | undefined {
  if (before.attr.fused_ops !== biasAlone || !activations.has(op)) return undefined
  return { ...before, name, attr: { ...before.attr, fused_ops: texts(['BiasAdd', op]) } }
}

/** The graph without the nodes and constants that a node does not depend on. */
export function withoutUnused({ nodes, constants }: TfGraph, output: string): TfGraph {
  const used = new Set([output])
  const kept: TfNodeDef[] = []
  for (const node of nodes.toReversed()) {
    if (!used.has(node.name)) continue
    kept.push(node)
    for (const name of node.input) used.add(name.replace(/:\d+$/, ''))
  }
  return { nodes: kept.reverse(), constants: new Map([...constants].filter(([name]) => used.has(name))) }
}
