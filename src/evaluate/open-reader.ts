import { CodeReader } from '../cache/code-reader.js'
import type { Pool } from '../cache/pool-codes.js'
import type { DataSet } from './data-set.js'

/** Reads the codes of a data set; one that is not finite is refused by its image's path. */
export function openReader({ catalog, fingerprint, images }: DataSet, pool: Pool): CodeReader {
  const nameOf = (sha256: string) => images.find((image) => image.sha256 === sha256)?.path ?? sha256
  return new CodeReader(catalog, fingerprint, { pool, nameOf })
}
