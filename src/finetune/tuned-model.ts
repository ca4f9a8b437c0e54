import { join } from 'node:path'
import type { Backbone } from '../backbones/backbone.js'
import { withInput } from '../backbones/input-metadata.js'
import { sha256 } from '../base/content-file.js'
import { messageOf, UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { writeRemedy } from '../base/write-remedy.js'
import { tunedFolder, writeTunedImages } from '../evaluate/tuned-images.js'
import { floats } from '../graph/builder-weights.js'
import type { Graph, ValueInfo } from '../graph/graph.js'
import { writeOnnx } from '../graph/write-onnx.js'

export interface TunedModel {
  readonly cache: string
  /** What the file's name begins with. */
  readonly name: string
  readonly backbone: Backbone
  /** New values by the names of the constants. */
  readonly weights: ReadonlyMap<string, Float32Array>
  /** Images that it was trained or chosen on, now or before: sha256 in hex. */
  readonly images: ReadonlySet<string>
}

/**
 * Writes a backbone with other weights as cache/models/tuned-v1/NAME-SHA256.onnx, which knows its size and how its pixels are prepared,
 * and beside it, as SHA256.images, what it was trained on.
 *
 * @returns the path.
 * @throws UserError when it cannot be written.
 */
export async function writeTunedModel({ cache, name, backbone, weights, images }: TunedModel): Promise<string> {
  const bytes = writeOnnx(withInput(sized(withWeights(backbone.graph, weights), backbone), backbone.input))
  const [folder, digest] = [tunedFolder(cache), sha256(bytes)]
  const path = join(folder, `${name}-${digest}.onnx`)
  try {
    makeFolder(folder)
    await writeTunedImages(cache, digest, images)
    await writeAtomic(path, bytes)
  } catch (error) {
    throw new UserError(`Expected to write the model to ${path}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)}`)
  }
  return path
}

/** The graph with other values in some constants. */
export function withWeights(graph: Graph, weights: ReadonlyMap<string, Float32Array>): Graph {
  const changed = [...weights].map(([name, data]) => [name, floats(graph.initializers.get(name)?.dims ?? [], data)] as const)
  return { ...graph, initializers: new Map([...graph.initializers, ...changed]) }
}

/** The graph with the side of its images fixed. */
function sized(graph: Graph, { size, layout }: Backbone): Graph {
  const inputs = graph.inputs.map((input): ValueInfo => {
    const batch = input.dims?.[0] ?? 'n'
    return { ...input, dims: layout === 'nchw' ? [batch, 3, size, size] : [batch, size, size, 3] }
  })
  return { ...graph, inputs }
}
