import type { CodeKind } from '../cache/code-kind.js'
import type { Pool } from '../cache/pool-codes.js'
import type { KnownSpeed } from '../cache/run-speed.js'

/** One kind of codes under one pool beside the others. */
export interface ComparedKind extends Omit<CodeKind, 'augment' | 'view'>, KnownSpeed {
  readonly fingerprint: string
  readonly pool: Pool
  readonly head: string
  readonly solver: string
  /** Mean test accuracy over the splits, 0…1; of a multi-label set the share of images whose labels are all right. */
  readonly accuracy: number
  /** 95 % interval (Student's t over the splits); null where there is one split. */
  readonly low: number | null
  readonly high: number | null
  readonly accuracies: readonly number[]
  /** The mean without test images that are shown in training too; null where there are none. */
  readonly cleanAccuracy: number | null
  /** Numbers in a code after pooling. */
  readonly codeLength: number
  /** Of the codes on the disk, which are kept before pooling. */
  readonly bytes: number
  /** Whether no other row is at least as good in accuracy, speed and disk and better in one. */
  readonly pareto: boolean
}

type Named = Omit<CodeKind, 'augment' | 'view'> & Pick<ComparedKind, 'pool'>

const parts = ['layer', 'size', 'precision', 'resize', 'decoder', 'exif', 'alpha', 'truncated'] as const

/** The name of each row's codes: the model, and what tells them from others of this model. */
export function kindNames(rows: readonly Named[]): string[] {
  return rows.map((row) => {
    const same = rows.filter(({ model }) => model === row.model)
    const own = parts.filter((part) => same.some((other) => other[part] !== row[part]))
    return [row.model, ...own.map((part) => partText(part, row))].join(' · ')
  })
}

const partText = (part: (typeof parts)[number], row: Named) =>
  typeof row[part] === 'boolean' ? `${part} ${row[part] ? 'on' : 'off'}` : String(row[part])

/** As people call a view of the codes. */
export const poolName = ({ pool }: Pick<ComparedKind, 'pool'>) => (pool === 'none' ? 'flat' : pool)
