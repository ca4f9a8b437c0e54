import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, parseJson } from '../base/json.js'
import { arrow } from './arrow.js'
import type { Catalog } from './catalog.js'
import type { CodePlace, FingerprintRecord, ShardPlace } from './code-table.js'
import { canonicalJson, type Json } from './fingerprint.js'
import { cachePaths } from './paths.js'

/** What computed some codes, where all their shards say the same; undefined otherwise. */
export function commonMade(catalog: Catalog, fingerprint: FingerprintRecord, places: readonly CodePlace[]): Json | undefined {
  const shards = new Map(places.map(({ shard }) => [shard.digest, shard]))
  const folder = cachePaths(catalog.cache).shards(fingerprint.digest)
  const all = new Map([...shards.values()].map((shard) => made(folder, shard)).map((json) => [json && canonicalJson(json), json]))
  return all.size === 1 ? [...all.values()][0] : undefined
}

/** From the schema, which stands at the head of a shard; nothing of one that is damaged, which shows when its codes are read. */
function made(folder: string, { digest, codesAt }: ShardPlace): Json | undefined {
  try {
    const head = Buffer.alloc(codesAt)
    const file = openSync(join(folder, `${digest}.arrow`), 'r')
    try {
      readSync(file, head, 0, codesAt, 0)
    } finally {
      closeSync(file)
    }
    // Behind the file's magic and its filling stands what is also a stream.
    const reader = arrow().RecordBatchReader.from(head.subarray(8)).open()
    const json = parseJson(reader.schema.metadata.get('made') ?? '')
    return isMade(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** An object that JSON.parse gave holds nothing but JSON. */
const isMade = (json: unknown): json is { readonly [key: string]: Json } => isObject(json)
