import { UserError, usageError } from '../base/errors.js'
import { constantOrigins } from '../graph/constant-origins.js'
import { consumedBy } from '../graph/consumers.js'
import { resolveLayer } from '../graph/cut.js'
import { type Graph, layerName } from '../graph/graph.js'
import { inputLayer } from '../graph/input-layer.js'

/** Which layers are trained; one of the two. */
export interface CutOptions {
  /** So many of the last ones, as Keras counts: pools and activations of their own are layers, too. */
  readonly last?: number | undefined
  /** This one and all behind it; `input`: all layers. */
  readonly from?: string | undefined
}

/** Where a network is cut in two. */
export interface Cut {
  /** The tensor between the two parts. */
  readonly tensor: string
  /** The name of the layer that gives it; that of the images where all layers are trained. */
  readonly layer: string
  /** Names of the layers behind it, the first one that is trained first. */
  readonly layers: readonly string[]
}

/**
 * Finds where to cut a network so that the layers that were asked for lie behind the cut.
 *
 * @param layers the names of all layers, in the order of the graph's nodes.
 * @throws UserError where there is no such layer, or the network does not come together there.
 */
export function findCut(graph: Graph, layers: readonly string[], options: CutOptions): Cut {
  const at = placeOf(layers, options)
  const [tensor, ...others] = boundary(graph, layers[at - 1])
  if (tensor === undefined || others.length > 0) throw branched(graph, layers, { at, options })
  return { tensor, layer: resolveLayer(graph, tensor), layers: layers.slice(at) }
}

/** The place of the first layer that is trained. */
function placeOf(layers: readonly string[], { last, from }: CutOptions): number {
  if ((last === undefined) === (from === undefined)) {
    const found = last === undefined ? 'neither' : 'both'
    throw new UserError(`Expected either --last N or --from LAYER, which say what is trained, got ${found}. Try --last 4.`, 2)
  }
  if (from !== undefined) return from === inputLayer && !layers.includes(from) ? 0 : known(layers, from)
  if (last !== undefined && Number.isSafeInteger(last) && last > 0 && last <= layers.length) return layers.length - last
  throw usageError('--last', `a whole number from 1 to ${layers.length}, the layers of the model`, last)
}

function known(layers: readonly string[], from: string): number {
  const at = layers.indexOf(from)
  if (at >= 0) return at
  const last = layers.slice(-5).join(', ')
  throw usageError('--from', `input or one of the ${layers.length} layers of the model`, from, `The last ones are: ${last}.`)
}

/** The tensors that lead from a layer, and what comes before it, to the nodes behind it; without a layer, from the images to all nodes. */
export function boundary(graph: Graph, before: string | undefined): string[] {
  const end = graph.nodes.findIndex((node) => layerName(node) === before) + 1
  const constants = constantOrigins(graph)
  const early = new Set([...graph.inputs.map(({ name }) => name), ...graph.nodes.slice(0, end).flatMap(({ outputs }) => outputs)])
  const taken = [...graph.nodes.slice(end).flatMap(consumedBy), ...graph.outputs.map(({ name }) => name)]
  return [...new Set(taken)].filter((tensor) => early.has(tensor) && !constants.has(tensor))
}

interface Branched {
  readonly at: number
  readonly options: CutOptions
}

/** Between the ends of a branch nothing can be cut: tells the nearest place where it can. */
function branched(graph: Graph, layers: readonly string[], { at, options: { from } }: Branched): UserError {
  const isCut = (place: number) => boundary(graph, layers[place - 1]).length === 1
  const places = layers.map((_, place) => place).filter(isCut)
  const nearest = [places.findLast((place) => place < at), places.find((place) => place > at)].flatMap((place) => place ?? [])
  const tries = nearest.map((place) => `--from ${layers[place]} (--last ${layers.length - place})`)
  const fix = tries.length === 0 ? 'Choose another layer.' : `Try ${tries.join(' or ')}.`
  const asked = from === undefined ? `--last ${layers.length - at}` : `--from ${from}`
  return new UserError(
    `Expected ${asked} to begin where the network comes together, found layer "${layers[at]}" inside a branch. ${fix}`,
    2,
  )
}
