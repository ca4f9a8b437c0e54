import { cpus } from 'node:os'
import { fieldsOf, parseJson } from '../base/json.js'
import type { Catalog } from './catalog.js'

/** How fast codes are made, and how that is known. */
export interface KnownSpeed {
  /** Null: not known, and `speedNote` says why. */
  readonly imagesPerSecond: number | null
  /** run: what a completed run of `codes` took; measured: on some images, just now. */
  readonly speedFrom: 'run' | 'measured' | null
  /** In words. */
  readonly speedNote: string
}

/** Of fewer images the start of a run is too large a part. */
export const leastRunImages = 100

interface Row {
  readonly finished: number
  readonly details: string
}

/**
 * What the last run took that made codes of one kind alone, of so many images at least, on this machine's CPU model.
 *
 * A run that made several kinds tells none's own speed: its kinds were entered with one duration, to the last digit.
 */
export function runSpeed(
  { database }: Pick<Catalog, 'database'>,
  { id, root }: { readonly id: number; readonly root: string },
): KnownSpeed | undefined {
  const rows = database
    .prepare<[number, string], Row>(
      `SELECT finished, details FROM run JOIN dataset ON dataset.id = run.dataset WHERE fingerprint = ? AND root = ?
       AND (SELECT count(*) FROM run AS other WHERE other.dataset = run.dataset
            AND other.details ->> '$.seconds' = run.details ->> '$.seconds') = 1
       ORDER BY finished DESC, run.id DESC`,
    )
    .all(id, root)
  for (const { finished, details } of rows) {
    const { computed, imagesPerSecond, cpu, engine, provider } = fieldsOf(parseJson(details))
    if (typeof computed !== 'number' || typeof imagesPerSecond !== 'number') continue
    if (computed < leastRunImages || !(imagesPerSecond > 0) || cpu !== cpus()[0]?.model) continue
    const day = new Date(finished).toISOString().slice(0, 10)
    const speedNote = `a run of codes on ${day}: ${computed} images, ${String(engine)}, ${String(provider)}`
    return { imagesPerSecond, speedFrom: 'run', speedNote }
  }
  return undefined
}
