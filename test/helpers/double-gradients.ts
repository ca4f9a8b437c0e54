import { withoutUnused } from '../../src/graph/cut.js'
import { gradientName } from '../../src/graph/gradient/gradient-graph.js'
import type { Graph } from '../../src/graph/graph.js'
import { centralDifference } from './central-difference.js'
import { DoubleSession } from './double-session.js'
import { type Doubles, none } from './doubles.js'

interface DoubleCase {
  /** The network, whose first output is differentiated. */
  readonly graph: Graph
  /** What `gradientGraph` makes of it. */
  readonly back: Graph
  /** All that the latter takes. */
  readonly feeds: Readonly<Record<string, Doubles>>
  readonly upstream: ArrayLike<number>
  readonly tensors: readonly string[]
}

interface DoubleGradient {
  /** By the gradient's graph. */
  readonly found: Float64Array
  /** By central differences of the network, exact to 1e-8: [place, ∂(Σ upstream · y)]. */
  readonly expected: readonly (readonly [number, number])[]
}

/** Numbers of each tensor that are moved. */
const places = 20
const step = 1e-5

/** Both in double precision, by tensor. */
export async function doubleGradients(of: DoubleCase): Promise<ReadonlyMap<string, DoubleGradient>> {
  const session = new DoubleSession()
  const outputs = of.tensors.map((tensor) => ({ name: gradientName(tensor), type: undefined, dims: undefined }))
  const gradients = await session.run({ ...of.back, outputs }, of.feeds)
  const forward = withoutUnused({ ...of.graph, outputs: of.graph.outputs.slice(0, 1) })
  const made = new Map<string, DoubleGradient>()
  for (const [at, tensor] of of.tensors.entries()) {
    const found = gradients[at]?.data ?? none.data
    const expected: (readonly [number, number])[] = []
    const stride = Math.max(1, Math.floor(found.length / places) | 1)
    for (let place = 0; place < found.length; place += stride) {
      expected.push([place, await difference(session, { ...of, graph: forward }, [tensor, place])])
    }
    made.set(tensor, { found, expected })
  }
  await session.release()
  return made
}

async function difference(session: DoubleSession, of: DoubleCase, [tensor, place]: readonly [string, number]): Promise<number> {
  const { data, dims } = of.feeds[tensor] ?? none
  const value = data[place] ?? 0
  return centralDifference([value - step, value + step], of.upstream, async (moved) => {
    const [y = none] = await session.run(of.graph, { ...of.feeds, [tensor]: { data: data.with(place, moved), dims } })
    return y.data
  })
}
