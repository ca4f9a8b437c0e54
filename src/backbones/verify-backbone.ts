import { usageError } from '../base/errors.js'
import { createSession, type Output } from '../engine/onnx-session.js'
import { withChannelsLast } from '../graph/layout.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { network } from './architecture.js'
import { architectures } from './architectures.js'
import type { Backbone } from './backbone.js'
import { backboneOf } from './build-backbone.js'
import { type Comparison, compareGolden } from './compare-golden.js'
import { efficientnetLite0 } from './efficientnet-lite0.js'
import { filledWeights } from './filled-weights.js'
import { type Golden, goldenInput, goldenOutputs } from './golden.js'

/** How a network on this machine compares with what a trusted library gives. */
export interface Verification extends Comparison {
  readonly name: string
  /** Side of the image, in pixels. */
  readonly size: number
  readonly passed: boolean
  readonly seconds: number
}

/** What passes: as near as different orders of summing allow; the embedded weights are rounded to float16. */
const limits = { named: { cosine: 0.99999, worst: 1e-3 }, embedded: { cosine: 0.9999, worst: 0.05 } } as const

/**
 * Compares networks with the golden outputs, one after another: that of this name in each size that there is one for, or all.
 *
 * Networks without weights of their own get the filler's, so nothing is downloaded.
 *
 * @throws UserError when there is none of this name.
 */
export async function* verifyBackbones(name?: string, outputs = goldenOutputs()): AsyncGenerator<Verification> {
  const all = Object.entries(outputs).map(([key, golden]) => ({ name: key.split('@')[0] ?? '', size: Number(key.split('@')[1]), golden }))
  const wanted = all.filter((one) => name === undefined || one.name === name)
  if (wanted.length === 0) throw usageError('NAME', `one of ${[...new Set(all.map((one) => one.name))].join(', ')}`, name)
  for (const one of wanted) yield verify(one.name, one.size, one.golden)
}

async function verify(name: string, size: number, golden: Golden): Promise<Verification> {
  const started = performance.now()
  const backbone = await filledBackbone(name, size)
  const { data, dims } = await run(backbone)
  const { cosine, worst } = compareGolden(data, dims.slice(1), golden)
  const limit = architectures.has(name) ? limits.named : limits.embedded
  const passed = cosine >= limit.cosine && worst <= limit.worst
  return { name, size, cosine, worst, passed, seconds: (performance.now() - started) / 1000 }
}

async function filledBackbone(name: string, size: number): Promise<Backbone> {
  const architecture = architectures.get(name)
  if (!architecture) return efficientnetLite0({ size })
  const net = network(architecture, size)
  return backboneOf(net, net.finish(filledWeights(net)), {})
}

/** The filler's image through the network, channels last. */
async function run({ graph, input, size }: Backbone): Promise<Output> {
  const session = await createSession(writeOnnx(withChannelsLast(graph)), 0)
  try {
    return await session.run(goldenInput(size, input), [1, 3, size, size])
  } finally {
    await session.release()
  }
}
