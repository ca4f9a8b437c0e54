import { once } from '../base/once.js'
import type { Pool } from '../cache/pool-codes.js'
import { toHeadName } from '../heads/save-head.js'
import { checkHeadOptions } from './check-head-options.js'
import { checkSolver, headOf } from './check-solver.js'
import { type Comparison, compareSeries } from './compare-series.js'
import type { DataSet } from './data-set.js'
import { openFeatures } from './features.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { headPool } from './head-pool.js'
import { headName, resolveSolver } from './head-trainers.js'
import { type FittedCurve, fitCurves } from './learning-curve.js'
import { featureOptions } from './measure-head.js'
import type { Split } from './split.js'
import { splitDataSet } from './split-data-set.js'
import { asList, type KindsOptions, openKinds } from './sweep-kinds.js'
import type { SweepPoint } from './sweep-point.js'
import { sweepSize } from './sweep-size.js'
import { type SizeOptions, type SweepSize, sweepSizes } from './sweep-sizes.js'

/** Models, layers, pools, heads and solvers may each be several: every combination is a curve. λ is chosen once for each size. */
export interface SweepSamplesOptions extends KindsOptions, Omit<HeadOptions, 'pool' | 'head' | 'solver'>, SizeOptions {
  readonly pool?: Pool | readonly Pool[] | undefined
  readonly head?: string | readonly string[] | undefined
  readonly solver?: SolverName | 'auto' | readonly (SolverName | 'auto')[] | undefined
  /** Sub-samples of each size, default 5. */
  readonly repeats?: number | undefined
  /** Accuracy, 0…1, for which the fitted curves tell the images it needs. */
  readonly target?: number | undefined
}

export interface SweepSamplesResult {
  readonly points: readonly SweepPoint[]
  /** Differences between curves at each size, on the same sub-samples. */
  readonly comparisons: readonly Comparison[]
  /** An inverse power law for each curve of three sizes or more. */
  readonly curves: readonly FittedCurve[]
  readonly seconds: number
  /** A name for the sweep that is safe as that of a folder. */
  readonly name: string
  /** Root of the data set. */
  readonly data: string
  /** The file of labels; null: the folders' names. */
  readonly labelFile: string | null
  readonly models: readonly string[]
  readonly fingerprints: readonly string[]
  readonly classes: number
  /** Images that the sub-samples are drawn from, that λ is chosen on, and that all heads are tested on. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Images left out because byte-equal ones lie in two classes. */
  readonly conflicts: readonly (readonly string[])[]
  readonly seed: number
  readonly split: { readonly train: string; readonly validation: string }
}

/** A tenth of the objective may be left to gain: on Caltech-101 a tighter one costs a third more time and changes no accuracy by more than 0.3 points. */
const tolerance = 0.1

/**
 * Trains heads on sub-samples of growing size and tests each on the same images.
 *
 * Sub-samples are nested in size, the same for every curve, and drawn from the train part without validation; λ is chosen once for each
 * size on the validation part; nothing is fitted again. All of it comes from one Gram matrix where codes are longer than there are images.
 *
 * @throws UserError where codes are missing, a class is too small for the split, or a size exceeds every class.
 */
export async function sweepSamples(options: SweepSamplesOptions = {}): Promise<SweepSamplesResult> {
  const started = performance.now()
  const { seed = 0, split = '0.7', validation = '0.1' } = options
  const kinds = openKinds(options)
  try {
    const [first] = kinds
    if (!first) throw new Error('Expected at least one kind of codes')
    const parts = splitDataSet(first, { split, validation, seed, onNote: options.onNote })
    const sizes = sweepSizes(parts, { ...options, labels: first.labels })
    const plans = plansOf(options, parts, first)
    const points: SweepPoint[] = []
    const tell = progressOf(options, kinds.length * plans.reduce((sum, { heads }) => sum + heads.length, 0) * sizes.length)
    for (const data of kinds) {
      for (const plan of plans) points.push(...(await sweepPool(plan, { data, parts, sizes, options, tell })))
    }
    return {
      points,
      comparisons: compareSeries(points),
      curves: fitCurves(points, { target: options.target, seed }),
      seconds: (performance.now() - started) / 1000,
      name: nameOf(kinds, plans),
      data: first.root,
      labelFile: first.labels ?? null,
      models: [...new Set(kinds.map(({ model }) => model))],
      fingerprints: kinds.map(({ fingerprint }) => fingerprint.digest),
      classes: parts.classes.length,
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
      conflicts: parts.conflicts.map((group) => group.map((index) => first.images[index]?.path ?? '')),
      seed,
      split: { train: split, validation },
    }
  } finally {
    for (const { catalog } of kinds) catalog.close()
  }
}

/** Heads that share a view of the codes, and with it a Gram matrix. */
interface PoolPlan {
  readonly pool: Pool
  readonly heads: readonly { readonly head: string; readonly name: string; readonly solver: SolverName }[]
}

/** Every pool, head and solver that is asked for, checked. */
function plansOf(options: SweepSamplesOptions, parts: Split, { labels }: DataSet): PoolPlan[] {
  const plans = new Map<Pool, { head: string; name: string; solver: SolverName }[]>()
  for (const givenPool of asList(options.pool)) {
    for (const givenHead of asList(options.head)) {
      for (const givenSolver of asList(options.solver)) {
        const head = headOf({ head: givenHead }, parts)
        const asked = { ...options, pool: givenPool, head, solver: givenSolver }
        checkHeadOptions(asked)
        const [pool, solver] = [headPool(asked), resolveSolver(asked)]
        checkSolver(solver, head, { ...parts, labels })
        plans.set(pool, [...(plans.get(pool) ?? []), { head, name: headName(asked), solver }])
      }
    }
  }
  return [...plans].map(([pool, heads]) => ({ pool, heads }))
}

interface PoolJob {
  readonly data: DataSet
  readonly parts: Split
  readonly sizes: readonly SweepSize[]
  readonly options: SweepSamplesOptions
  /** Told of each point. */
  readonly tell: (point: SweepPoint) => void
}

async function sweepPool({ pool, heads }: PoolPlan, { data, parts, sizes, options, tell }: PoolJob): Promise<SweepPoint[]> {
  const { repeats = 5 } = options
  const points: SweepPoint[] = []
  const common = { ...options, pool, head: undefined, solver: undefined }
  const features = once(() => openFeatures(data, featureOptions(common)))
  for (const { head, name, solver } of heads) {
    const job = { data, parts, features, options: { ...common, head }, refit: false, tolerance, solver, repeats }
    for (const size of sizes) {
      const point = { model: data.model, layer: data.layer, pool, head: name, solver, ...(await sweepSize(size, job)) }
      points.push(point)
      tell(point)
    }
  }
  return points
}

function progressOf({ onProgress }: SweepSamplesOptions, count: number): (point: SweepPoint) => void {
  let done = 0
  return ({ model, pool, trainImages }) => {
    done++
    onProgress?.(`${model}${pool === 'none' ? '' : `, ${pool}`}, ${trainImages} images`, done / count)
  }
}

function nameOf([first, ...others]: readonly DataSet[], plans: readonly PoolPlan[]): string {
  const views = plans.map(({ pool }) => (pool === 'none' ? 'flat' : pool))
  return toHeadName([first?.name ?? '', ...others.map(({ model, layer }) => `${model}-${layer}`), ...views].join('-')).slice(0, 120)
}
