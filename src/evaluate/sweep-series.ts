import { listOf, type OneOrMore } from '../base/list-of.js'
import type { Pool } from '../cache/pool-codes.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { headPool } from './head-pool.js'
import { headName } from './head-trainers.js'
import { headOf, resolveHead } from './resolve-head.js'
import type { Split } from './split.js'

export interface SeriesOptions extends Omit<HeadOptions, 'pool' | 'head' | 'solver'> {
  readonly pool?: OneOrMore<Pool> | undefined
  readonly head?: OneOrMore<string> | undefined
  readonly solver?: OneOrMore<SolverName | 'auto'> | undefined
}

/** One way to train heads on codes, with every choice made that is one. */
export interface HeadSetting {
  readonly pool: Pool
  /** What the head is called. */
  readonly head: string
  readonly solver: SolverName
  readonly options: HeadOptions
}

/**
 * Every pool with every head and every solver, those with one pool side by side. A head that begins with a view of its own goes with that one alone.
 *
 * @throws UserError as for one head, where a head contradicts the only pool, or a solver cannot train it.
 */
export function headSettings(parts: Split, data: Pick<DataSet, 'labels'>, given: SeriesOptions): HeadSetting[] {
  const { pool, head, solver, ...common } = given
  const heads = head === undefined ? [headOf({}, parts)] : listOf(head)
  const solvers = solver === undefined ? (['auto'] as const) : listOf(solver)
  const settings = heads.flatMap((head) =>
    poolsFor(head, listOf(pool)).flatMap((pool) =>
      solvers.map((name) => {
        const options = resolveHead({ ...common, pool, head, solver: name }, parts, data)
        return { pool, head: headName(options), solver: options.solver, options }
      }),
    ),
  )
  const pools = [...new Set(settings.map(({ pool }) => pool))]
  return pools.flatMap((pool) => settings.filter((setting) => setting.pool === pool))
}

function poolsFor(head: string, pools: readonly Pool[]): Pool[] {
  const { pool: own } = parseHead(head)
  if (own !== undefined && pools.includes(own)) return [own]
  return pools.length === 0 ? [headPool({ head })] : pools.map((pool) => headPool({ head, pool }))
}
