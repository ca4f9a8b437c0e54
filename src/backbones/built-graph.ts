import { join } from 'node:path'
import { readContentFile, writeContentFile } from '../base/content-file.js'
import type { Graph, Tensor } from '../graph/graph.js'
import { parseOnnx } from '../graph/read-onnx.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { hashFile } from '../weights/checksum.js'
import { readWeights } from '../weights/read-weights.js'
import type { Network } from './architecture.js'
import { weightedGraph } from './build-backbone.js'

/** Where built graphs lie, as `ARCHITECTURE-VERSION-WEIGHTS-CONTENT.onnx`; the version in the folder's name is raised when that changes. */
export function builtFolder(cache: string): string {
  return join(cache, 'models', 'built-v1')
}

export interface BuiltOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Whether the graph may be written there, default true. */
  readonly keep?: boolean | undefined
}

/**
 * The graph of a network with the weights of a file, which is read and turned once: the graph is kept in the cache and taken
 * from there as long as the weight file has the same content. One serves all input sizes.
 *
 * A cache that cannot be read or written costs time only.
 */
export async function builtGraph(net: Network, weightFile: string, { cache = 'cache', keep = true }: BuiltOptions): Promise<Graph> {
  const hash = await hashFile(weightFile, 'sha256')
  const { name, version } = net.architecture
  const place = { folder: builtFolder(cache), start: `${name}-${version}-${hash.slice(0, 32)}`, end: '.onnx' }
  const kept = await readContentFile(place, { removeDamaged: keep }).catch(() => undefined)
  const constants = kept && parseOnnx(kept.bytes, kept.path).initializers
  if (constants && fits(net, constants)) return net.assemble(constants)
  const graph = weightedGraph(net, await readWeights(weightFile))
  const isSame = hash === (await hashFile(weightFile, 'sha256')) // else it was written to meanwhile
  if (keep && isSame) await writeContentFile(place, writeOnnx(graph)).catch(() => undefined)
  return graph
}

function fits({ layers }: Network, constants: ReadonlyMap<string, Tensor>): boolean {
  return layers.every(({ weights }) =>
    weights.every(({ tensor, dims }) => {
      const found = constants.get(tensor)
      return found?.type === 'float32' && found.dims.join() === dims.join() && found.bytes.length === 4 * dims.reduce((a, b) => a * b, 1)
    }),
  )
}
