import type { Catalog } from './catalog.js'
import type { CodePlace } from './code-place.js'
import type { FingerprintRecord } from './code-table.js'

/** A code of another fingerprint. */
export interface OtherCode {
  readonly fingerprint: FingerprintRecord
  /** sha256 in hex. */
  readonly image: string
}

/** Finds codes by image, and those of other fingerprints by their keys. */
export function codeFinder(
  { codes }: Pick<Catalog, 'codes'>,
  fingerprint: FingerprintRecord,
  others?: ReadonlyMap<string, OtherCode>,
): (key: string) => CodePlace | undefined {
  const find = codes.finder(fingerprint.id)
  if (!others) return find
  const finders = new Map([...others.values()].map((other) => [other.fingerprint.id, codes.finder(other.fingerprint.id)]))
  return (key: string): CodePlace | undefined => {
    const other = others.get(key)
    if (!other) return find(key)
    const place = finders.get(other.fingerprint.id)?.(other.image)
    return place && { ...place, image: key, fingerprint: other.fingerprint.digest }
  }
}
