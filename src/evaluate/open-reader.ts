import type { OtherCode } from '../cache/code-finder.js'
import { CodeReader } from '../cache/code-reader.js'
import type { Pool } from '../cache/pool-codes.js'
import { viewKey } from './code-views.js'
import type { DataSet } from './data-set.js'

/** A data set's codes, and what each of its samples' is called by the reader. */
export interface OpenedCodes {
  readonly reader: CodeReader
  /** Key of each sample: sha256 of its image; behind them, view by view, one for each further view of every image. */
  readonly keys: readonly string[]
}

/** Reads the codes of a data set in all its views; one that is not finite is refused by its image's path. */
export function openReader({ catalog, fingerprint, images, views }: DataSet, pool: Pool): OpenedCodes {
  const plain = images.map(({ sha256 }) => sha256)
  const further = (views?.records ?? []).map((record) =>
    plain.map((image) => [viewKey(record, image), { fingerprint: record, image }] as const),
  )
  const others = new Map<string, OtherCode>(further.flat())
  const nameOf = (key: string) => {
    const sha256 = others.get(key)?.image ?? key
    return images.find((image) => image.sha256 === sha256)?.path ?? sha256
  }
  const keys = [...plain, ...further.flatMap((of) => of.map(([key]) => key))]
  return { reader: new CodeReader(catalog, fingerprint, { pool, nameOf, others: others.size > 0 ? others : undefined }), keys }
}
