import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { UserError } from '../base/errors.js'
import { cutAt, resolveLayer } from '../graph/cut.js'
import type { Graph, Tensor, ValueInfo } from '../graph/graph.js'
import type { Layout } from '../graph/layout.js'
import { parseOnnx, readModelFile } from '../graph/read-onnx.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { keptInput } from './input-metadata.js'
import { refuseOptions } from './refuse-options.js'
import { chooseSize, inputRule } from './user-input.js'

/**
 * Any ONNX network of the user's.
 *
 * @param path the .onnx file; it must take one batch of images of 3 channels, channels first or last.
 */
export async function userModel(path: string, options: BackboneOptions): Promise<Backbone> {
  refuseOptions(basename(path), options, ['weights'])
  const bytes = await readModelFile(path)
  const graph = parseOnnx(bytes, path)
  const { layout, batch, side } = imageInput(graph, path)
  const layer = resolveLayer(graph, options.layer ?? graph.outputs[0]?.name ?? '')
  return {
    name: basename(path),
    identity: { file: fileDigest(bytes, graph) },
    graph: cutAt(graph, layer),
    layer,
    size: chooseSize(options.size, side, path),
    layout,
    batch,
    input: inputRule(options, keptInput(graph)),
  }
}

/** sha256 of the file's bytes, then of whatever constants it keeps outside. */
function fileDigest(bytes: Uint8Array, graph: Graph): string {
  const hash = createHash('sha256').update(bytes)
  for (const tensor of constants(graph)) if (tensor.bytes.buffer !== bytes.buffer) hash.update(tensor.bytes)
  return hash.digest('hex')
}

function constants(graph: Graph): Tensor[] {
  const attributes = graph.nodes.flatMap((node) => Object.values(node.attributes))
  return [...graph.initializers.values(), ...attributes.flatMap((attribute) => (attribute.kind === 'tensor' ? [attribute.value] : []))]
}

interface ImageInput {
  readonly layout: Layout
  readonly batch: number | undefined
  /** The side that the file fixes, in pixels. */
  readonly side: number | undefined
}

function imageInput(graph: Graph, path: string): ImageInput {
  const [input, ...others] = graph.inputs
  const dims = input?.dims
  const fits = input && others.length === 0 && input.type === 'float32' && dims?.length === 4
  const layout = !fits ? undefined : dims[1] === 3 ? 'nchw' : dims[3] === 3 ? 'nhwc' : undefined
  if (!fits || !layout) {
    const found = graph.inputs.map(describe).join(', ') || 'no input'
    throw new UserError(`Expected ${path} to take one float32 batch of images of 3 channels, [n, 3, h, w] or [n, h, w, 3]; found ${found}.`)
  }
  const [height, width] = layout === 'nchw' ? [dims[2], dims[3]] : [dims[1], dims[2]]
  if (typeof height === 'number' && typeof width === 'number' && height !== width) {
    throw new UserError(`Expected ${path} to take square images, found ${describe(input)}.`)
  }
  const fixed = (dim: number | string | null | undefined) => (typeof dim === 'number' ? dim : undefined)
  return { layout, batch: fixed(dims[0]), side: fixed(height) ?? fixed(width) }
}

function describe({ name, type, dims }: ValueInfo): string {
  return `"${name}" ${type ?? 'of another type'} [${dims?.map((dim) => dim ?? '?').join(', ') ?? 'shape not given'}]`
}
