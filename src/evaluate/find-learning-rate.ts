import { usageError } from '../base/errors.js'
import { findRate, type RatePoint, suggestRate } from '../heads/network/find-rate.js'
import { parseHead } from '../heads/network/head-spec.js'
import { Network, weightBytes } from '../heads/network/network.js'
import type { OptimizerName } from '../heads/optimizers/index.js'
import { toHeadName } from '../heads/save-head.js'
import { openCodeSources } from './code-sources.js'
import { codesHere } from './codes-here.js'
import { type DataSetOptions, openDataSet } from './data-set.js'
import { divideDataSet } from './divide-data-set.js'
import { batchDefaults, type HeadOptions, type SolverName } from './head-options.js'
import { headPool } from './head-pool.js'
import { isOptimizer, resolveSolver } from './head-trainers.js'
import { lossOf } from './loss-of.js'
import { resolveHead } from './resolve-head.js'

export interface FindLearningRateResult {
  /** What to begin with; null where the loss never falls. */
  readonly suggestion: number | null
  readonly points: readonly RatePoint[]
  readonly head: string
  readonly solver: SolverName
  readonly model: string
  /** A name that is safe as that of a folder. */
  readonly name: string
}

/** The optimizer that is meant, Adam where none is named. */
function optimizerOf(options: HeadOptions): OptimizerName {
  const solver = resolveSolver(options)
  if (isOptimizer(solver)) return solver
  if (options.solver === undefined || options.solver === 'auto') return 'adam'
  throw usageError('--solver', 'an optimizer such as adam with --find-lr', solver)
}

/** What the finder decides itself, or has no epochs for. */
const meaningless = { lr: '--lr', schedule: '--schedule', grid: '--grid', epochs: '--epochs', monitor: '--monitor', patience: '--patience' }

function checkFinderOptions(options: HeadOptions): void {
  const given = new Map<string, unknown>(Object.entries(options))
  for (const [name, flag] of Object.entries(meaningless)) {
    if (given.get(name) !== undefined) throw usageError(flag, 'left out with --find-lr, to which it means nothing', given.get(name))
  }
}

/**
 * Trains a head for at most 100 steps with a rate that grows from 1e-7 to 10, and suggests one.
 *
 * @throws UserError where codes are missing, or the solver has no learning rate.
 */
export async function findLearningRate(given: DataSetOptions & HeadOptions): Promise<FindLearningRateResult> {
  const data = await codesHere(openDataSet(given), given)
  try {
    const { parts } = await divideDataSet(data, given)
    const solver = optimizerOf(given)
    checkFinderOptions(given)
    const options = resolveHead({ ...given, solver, onNote: undefined }, parts, data) // a note on the default rate is of no use
    const { seed = 0, batch = batchDefaults.batch, l1 = 0, l2 = 0, clipNorm, memory, weightDecay } = options
    const { layers } = parseHead(options.head)
    const loss = lossOf(parseHead(options.head), parts, options)
    const pool = headPool(options)
    const sources = openCodeSources(data, { pool, memory, seed, batch }, (inputs) => weightBytes({ layers, inputs, outputs: loss.outputs }))
    const network = await Network.create({
      ...{ layers, inputs: sources.length, outputs: loss.outputs, seed },
      optimizer: { name: solver, weightDecay },
    })
    try {
      const points = await findRate(network, { train: sources.train(parts.train), loss, batch, seed, penalty: { l1, l2, clipNorm } })
      const name = toHeadName(`${data.name}-${pool === 'none' ? 'flat' : pool}-${options.head}-lr`)
      return { suggestion: suggestRate(points) ?? null, points, head: options.head, solver, model: data.model, name }
    } finally {
      await network.close()
    }
  } finally {
    data.catalog.close()
  }
}
