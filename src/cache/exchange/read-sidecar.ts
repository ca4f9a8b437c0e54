import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fieldsOf, parseJson } from '../../base/json.js'
import { type ExchangeMetadata, readMetadata } from './exchange-metadata.js'

/**
 * Reads the metadata beside an export that cannot hold them.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function readSidecar(path: string): { readonly metadata: ExchangeMetadata; readonly rows: number | undefined } {
  if (!existsSync(path)) throw new Error(`its metadata are missing: ${basename(path)}, which was written beside it`)
  const json = parseJson(readFileSync(path))
  const { rows } = fieldsOf(json)
  return { metadata: readMetadata(json), rows: typeof rows === 'number' ? rows : undefined }
}
