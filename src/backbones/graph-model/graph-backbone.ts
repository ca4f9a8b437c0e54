import { basename } from 'node:path'
import { type Fields, fieldsOf, itemsOf } from '../../base/json.js'
import { GraphBuilder } from '../../graph/builder.js'
import type { TfjsModelFile } from '../../weights/read-tfjs-model.js'
import type { Backbone, BackboneOptions } from '../backbone.js'
import { convertedBackbone } from '../converted-backbone.js'
import { imageSide, type StatedInput } from '../image-side.js'
import { refuseOptions } from '../refuse-options.js'
import { converting, Unconvertible } from '../unconvertible.js'
import { chooseSize } from '../user-input.js'
import { addNodes } from './convert-graph.js'
import { nodeName, parseGraphDef, type TfNode } from './graph-def.js'
import { nodesBefore } from './nodes-before.js'

/**
 * A graph model of TensorFlow.js of the user's: its nodes become a graph, channels first, under their own names.
 *
 * Only what `--layer` needs is converted, so that a network can be cut below nodes that are not known.
 */
export function graphBackbone(path: string, file: TfjsModelFile, options: BackboneOptions): Backbone {
  refuseOptions(basename(path), options, ['weights'])
  const nodes = converting(path, () => {
    const all = parseGraphDef(file.topology)
    return nodesBefore(all, options.layer !== undefined && all.has(options.layer) ? options.layer : outputOf(all, fieldsOf(file.signature)))
  })
  const size = chooseSize(options.size, imageSide(inputsOf(nodes, fieldsOf(file.signature)), path), path)
  const convert = () => {
    const net = new GraphBuilder(size, 'keras', { image: ':image' }) // no node goes by such a name
    const converted = addNodes(net, nodes, file.weights)
    return { graph: net.finish(converted.output, converted.weights), output: converted.output.name }
  }
  const { graph, output } = converting(path, convert, { canCut: true })
  return convertedBackbone(path, { graph, output, size, digest: file.digest }, options)
}

/** The first output that the file states, else the first node that no other one takes. */
function outputOf(nodes: ReadonlyMap<string, TfNode>, { outputs }: Fields): string {
  const [stated] = Object.values(fieldsOf(outputs)).map((output) => fieldsOf(output).name)
  if (typeof stated === 'string') return nodeName(stated)
  const taken = new Set([...nodes.values()].flatMap(({ inputs }) => inputs))
  const last = [...nodes.values()].find(({ name, op }) => !taken.has(name) && op !== 'Const' && op !== 'Placeholder')
  if (last) return last.name
  throw new Unconvertible('a graph without outputs')
}

/** The images; a shape that their node does not tell may stand in the signature. */
function inputsOf(nodes: readonly TfNode[], { inputs }: Fields): readonly StatedInput[] {
  const stated = Object.values(fieldsOf(inputs)).map(fieldsOf)
  return nodes
    .filter(({ op }) => op === 'Placeholder')
    .map(({ name, attributes }) => {
      const own = dimsOf(fieldsOf(attributes.shape).shape)
      const other = stated.find((input) => input.name === `${name}:0` || input.name === name)
      return { name, shape: own.length > 0 ? own : dimsOf(other?.tensorShape) }
    })
}

function dimsOf(shape: unknown): readonly (number | null)[] {
  return itemsOf(fieldsOf(shape).dim).map((dim) => {
    const size = Number(fieldsOf(dim).size)
    return size > 0 ? size : null
  })
}
