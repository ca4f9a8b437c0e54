import type { Backbone } from '../backbones/backbone.js'
import { clauseOf, UserError } from '../base/errors.js'
import { isOutOfMemory, notEnoughMemory } from '../engine/out-of-memory.js'
import { layoutOf, withChannelsLast } from '../graph/layout.js'
import { writeOnnx } from '../graph/write-onnx.js'

/**
 * The bytes of the graph that gives codes: the backbone, with spatial maps transposed to channels last.
 *
 * A user's network, and a layer whose rank the file does not tell, are tried on blank images first.
 *
 * @throws UserError when the network cannot be run, or the layer gives no row of numbers for each image.
 */
export async function codeGraph(backbone: Backbone): Promise<Uint8Array> {
  return writeOnnx((await givesChannelsFirst(backbone)) ? withChannelsLast(backbone.graph) : backbone.graph)
}

/**
 * Whether the backbone gives spatial maps [n, c, h, w], not [n, h, w, c].
 *
 * @throws UserError as `codeGraph` does.
 */
export async function givesChannelsFirst(backbone: Backbone): Promise<boolean> {
  const { graph, layout, identity } = backbone
  const [output] = graph.outputs
  const declared = 'file' in identity ? undefined : output?.dims?.length
  const rank = declared ?? (await tryOut(backbone)).length
  return rank === 4 && layoutOf(graph, output?.name ?? '', layout) === 'nchw'
}

/** Runs blank images through the network, in this thread, where an error ends as a message; returns the output's shape. */
async function tryOut(backbone: Backbone): Promise<readonly number[]> {
  const { name, graph, layer, layout, batch = 2, size } = backbone
  const dims = layout === 'nchw' ? [batch, 3, size, size] : [batch, size, size, 3]
  const { createSession } = await import('../engine/onnx-session.js')
  if (graph.inputs.length === 0) throw notPerImage(backbone, 'that it does not depend on the image')
  try {
    const session = await createSession(writeOnnx(graph), 1)
    try {
      const { dims: shape } = await session.run(new Float32Array(batch * 3 * size * size), dims)
      if (shape[0] !== batch || shape.includes(0)) throw notPerImage(backbone, `[${shape.join(', ')}] for ${batch}`)
      return shape
    } finally {
      await session.release()
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    if (isOutOfMemory(error)) throw notEnoughMemory(error, { images: batch, size })
    const says = clauseOf(error)
    throw new UserError(
      `Expected ${name} to run up to layer "${layer}" on ${batch} image${batch === 1 ? '' : 's'} of ${size} × ${size}, but the engine refuses it: ${says}. Check --size and --layer, or export the model again.`,
    )
  }
}

function notPerImage({ name, layer }: Backbone, found: string): UserError {
  return new UserError(
    `Expected layer "${layer}" of ${name} to give numbers for each image, found ${found}. Choose another one with --layer.`,
  )
}
