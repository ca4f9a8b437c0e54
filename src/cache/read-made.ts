import { isObject, parseJson } from '../base/json.js'
import type { Catalog } from './catalog.js'
import type { CodePlace } from './code-place.js'
import type { FingerprintRecord } from './code-table.js'
import { canonicalJson, type Json } from './fingerprint.js'
import { shardPath } from './paths.js'
import { shardOrigin } from './shard-origin.js'

/** What computed some codes, where all their shards say the same; undefined otherwise. */
export function commonMade(catalog: Catalog, { digest: fingerprint }: FingerprintRecord, places: readonly CodePlace[]): Json | undefined {
  const made = new Map<string | undefined, Json | undefined>()
  for (const shard of new Set(places.map((place) => place.shard.digest))) {
    const json = parseJson(shardOrigin(shardPath(catalog.cache, { fingerprint, shard })) ?? '')
    made.set(isMade(json) ? canonicalJson(json) : undefined, isMade(json) ? json : undefined)
  }
  return made.size === 1 ? [...made.values()][0] : undefined
}

/** An object that JSON.parse gave holds nothing but JSON. */
const isMade = (json: unknown): json is { readonly [key: string]: Json } => isObject(json)
