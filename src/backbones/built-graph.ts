import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../base/write-atomic.js'
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

/**
 * The graph of a network with the weights of a file, which is read and turned once: the graph is kept in the cache and taken
 * from there as long as the weight file has the same content. One serves all input sizes.
 *
 * A cache that cannot be read or written costs time only.
 */
export async function builtGraph(net: Network, weightFile: string, cache: string): Promise<Graph> {
  const hash = await hashFile(weightFile, 'sha256')
  const { name, version } = net.architecture
  const place = { folder: builtFolder(cache), start: `${name}-${version}-${hash.slice(0, 32)}-` }
  const kept = await readBuilt(net, place)
  if (kept) return kept
  const graph = weightedGraph(net, await readWeights(weightFile))
  const isSame = hash === (await hashFile(weightFile, 'sha256')) // else it was written to meanwhile
  if (isSame) await keepBuilt(graph, place).catch(() => undefined)
  return graph
}

interface Place {
  readonly folder: string
  /** What names of files for these weights begin with. */
  readonly start: string
}

/** Undefined where there is none that is whole; damaged ones go. */
async function readBuilt(net: Network, place: Place): Promise<Graph | undefined> {
  for (const path of await candidates(place)) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (path.endsWith(`-${sha256(bytes)}.onnx`)) {
      const { initializers } = parseOnnx(bytes, path)
      if (fits(net, initializers)) return net.assemble(initializers)
    }
    await rm(path, { force: true }).catch(() => undefined)
  }
  return undefined
}

async function candidates({ folder, start }: Place): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  return names.filter((name) => name.startsWith(start) && name.endsWith('.onnx')).map((name) => join(folder, name))
}

function fits({ layers }: Network, constants: ReadonlyMap<string, Tensor>): boolean {
  return layers.every(({ weights }) =>
    weights.every(({ tensor, dims }) => {
      const found = constants.get(tensor)
      return found?.type === 'float32' && found.dims.join() === dims.join() && found.bytes.length === 4 * dims.reduce((a, b) => a * b, 1)
    }),
  )
}

async function keepBuilt(graph: Graph, { folder, start }: Place): Promise<void> {
  const bytes = writeOnnx(graph)
  await mkdir(folder, { recursive: true })
  await writeAtomic(join(folder, `${start}${sha256(bytes)}.onnx`), bytes)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
