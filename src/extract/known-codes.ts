import type { Catalog } from '../cache/catalog.js'
import type { Dtype } from '../cache/dtype.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { isOtherLimit } from '../images/pixel-limit.js'

/** What the catalog knows of a data set's images under one fingerprint. */
export interface KnownCodes {
  /** Whether an image (sha256 in hex) had a code as it is asked for when this was looked up, or has one by now. */
  has(image: string): boolean
  /** What was refused before, by path. */
  readonly refused: ReadonlyMap<string, QuarantineRecord>
  /**
   * coded: its image has a code. bad: it was refused for its content, which is the same still. open: it has to be read, or
   * its image to be computed.
   */
  standing(file: FileRecord): 'coded' | 'bad' | 'open'
}

export interface KnownCodesOptions {
  readonly fingerprint: string
  readonly dataset: number | undefined
  readonly dtype?: Dtype | undefined
  /** What was refused under another limit is open. */
  readonly pixelLimit?: number | undefined
}

/** Looks up what needs no work; without a catalog or a data set in it nothing is known. */
export function knownCodes(catalog: Catalog | undefined, { fingerprint, dataset, dtype, pixelLimit }: KnownCodesOptions): KnownCodes {
  const asked = dtype === 'float32' ? dtype : undefined
  const lookup = catalog?.codes.lookup(fingerprint, asked)
  // One query for the files that are known spares one for each of them.
  const coded = (dataset !== undefined && catalog?.codes.ofDataset(dataset, fingerprint, asked)) || new Set()
  const has = (image: string) => coded.has(image) || (lookup?.(image) ?? false)
  const entries = dataset === undefined ? [] : (catalog?.files.quarantined(dataset, fingerprint) ?? [])
  const refused = new Map(entries.map((entry) => [entry.path, entry]))
  const standing: KnownCodes['standing'] = ({ path, stamp, image }) => {
    if (image === undefined) return 'open'
    if (has(image)) return 'coded'
    const refusal = refused.get(path)
    if (refusal?.cause === 'too-large' && isOtherLimit(refusal.reason, pixelLimit)) return 'open'
    return stamp !== undefined && refusal?.stamp === stamp ? 'bad' : 'open'
  }
  return { has, refused, standing }
}
