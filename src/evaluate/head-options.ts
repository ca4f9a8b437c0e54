import type { Pool } from '../cache/pool-codes.js'

/** How a head is trained and measured. */
export interface HeadOptions {
  /** A view of the flat codes: as they are (default), or the mean or maximum over positions. */
  readonly pool?: Pool | undefined
  /** What trains the head; auto (default): what suits it. */
  readonly solver?: SolverName | 'auto' | undefined
  /** λ of loss = mean cross-entropy + λ‖W‖². Default: chosen on the validation part. */
  readonly l2?: number | undefined
  /** Share of each class's images that is for training, default '0.7'; a decimal, read exactly. */
  readonly split?: string | undefined
  /** Share of each class's train part that choices are made on, default '0.1'. */
  readonly validation?: string | undefined
  readonly seed?: number | undefined
  /** Bytes of memory for codes, Gram matrix and training, default `memoryBudget()`: half of what there is, or less where less is free. */
  readonly memory?: number | undefined
  /** Largest Gram matrix in bytes, default 2 GB. */
  readonly gramLimit?: number | undefined
  readonly onProgress?: ((stage: string, share: number) => void) | undefined
  /** Told of trouble that does not stop the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

export const solverNames = ['lbfgs'] as const

export type SolverName = (typeof solverNames)[number]
