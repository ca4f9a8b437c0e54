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
  /** Whether a file was refused for its content, which is the same still. */
  isBad(file: FileRecord): boolean
}

export interface KnownCodesOptions {
  readonly fingerprint: string
  readonly dataset: number | undefined
  readonly dtype?: Dtype | undefined
  /** What was refused under another limit is open. */
  readonly pixelLimit?: number | undefined
  /** Images that have their code: who asks for many spares a query for each. */
  readonly coded?: ReadonlySet<string> | undefined
}

/** Looks up what needs no work; without a catalog or a data set in it nothing is known. */
export function knownCodes(catalog: Catalog | undefined, options: KnownCodesOptions): KnownCodes {
  const { fingerprint, dataset, dtype, pixelLimit, coded } = options
  const lookup = catalog?.codes.lookup(fingerprint, dtype === 'float32' ? dtype : undefined)
  const has = (image: string) => coded?.has(image) || (lookup?.(image) ?? false)
  const entries = dataset === undefined ? [] : (catalog?.files.quarantined(dataset, fingerprint) ?? [])
  const refused = new Map(entries.map((entry) => [entry.path, entry]))
  const isBad: KnownCodes['isBad'] = ({ path, stamp, image }) => {
    const refusal = refused.get(path)
    if (image === undefined || (refusal?.cause === 'too-large' && isOtherLimit(refusal.reason, pixelLimit))) return false
    return stamp !== undefined && refusal?.stamp === stamp
  }
  const standing: KnownCodes['standing'] = (file) => {
    if (file.image !== undefined && has(file.image)) return 'coded'
    return isBad(file) ? 'bad' : 'open'
  }
  return { has, refused, standing, isBad }
}
