import { UserError } from '../base/errors.js'
import { product } from '../base/product.js'
import { type Pool, pooledShape } from '../cache/pool-codes.js'
import { outputShapes } from '../engine/output-shapes.js'
import { layoutOf } from '../graph/layout.js'
import { writeOnnx } from '../graph/write-onnx.js'
import type { TailPlan } from './plan-tail.js'
import { tailOf, withFeatures } from './tail.js'
import type { TailGraph } from './tail-session.js'

export interface BuiltTail {
  readonly tail: TailGraph
  /** What the network gives for an image, channels last. */
  readonly shape: readonly number[]
}

/**
 * The layers behind the cut, from codes to rows of features.
 *
 * @param codes the shape of a code.
 * @throws UserError where the network gives nothing that can be pooled.
 */
export async function buildTail({ backbone, cut, trained }: TailPlan, codes: readonly number[], pool: Pool): Promise<BuiltTail> {
  const { graph, layout, layer } = backbone
  const tail = tailOf(graph, { tensor: cut.tensor, shape: codes, layout })
  const output = graph.outputs[0]?.name ?? ''
  const own = (await outputShapes(writeOnnx(tail), [1, ...codes])).get(output)?.slice(1) ?? []
  const outputLayout = layoutOf(graph, output, layout)
  const [channels = 0, ...sides] = own
  const shape = own.length === 3 && outputLayout === 'nchw' ? [...sides, channels] : own
  if (pool !== 'none' && shape.length !== 3 && shape.length !== 1)
    throw new UserError(
      `Expected layer "${layer}" to give maps, which --pool ${pool} takes, found the shape [${shape.join(', ')}]. Leave --pool out.`,
    )
  const featured = withFeatures(tail, { shape: own, layout: outputLayout, pool })
  const length = product(pooledShape(shape, pool))
  return { tail: { graph: featured, shape: codes, trained, length, output }, shape }
}
