import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, parseJson } from '../base/json.js'
import { arrow } from './arrow.js'
import type { Catalog } from './catalog.js'
import type { CodePlace, FingerprintRecord } from './code-table.js'
import { canonicalJson, type Json } from './fingerprint.js'
import { cachePaths } from './paths.js'

/** What computed some codes, where all their shards say the same; undefined otherwise. */
export async function commonMade(
  catalog: Catalog,
  fingerprint: FingerprintRecord,
  places: readonly CodePlace[],
): Promise<Json | undefined> {
  const folder = cachePaths(catalog.cache).shards(fingerprint.digest)
  const made = new Map<string | undefined, Json | undefined>()
  for (const digest of new Set(places.map(({ shard }) => shard.digest))) {
    const json = await readMade(join(folder, `${digest}.arrow`))
    made.set(json === undefined ? undefined : canonicalJson(json), json)
  }
  return made.size === 1 ? [...made.values()][0] : undefined
}

/** What the footer of a shard says; nothing where it is damaged, which shows when its codes are read. */
async function readMade(path: string): Promise<Json | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  try {
    if (!file) return undefined
    const reader = await (await arrow().RecordBatchReader.from(file)).open()
    const json = parseJson(reader.schema.metadata.get('made') ?? '')
    return isMade(json) ? json : undefined
  } catch {
    return undefined
  } finally {
    await file?.close().catch(() => undefined)
  }
}

/** An object that JSON.parse gave holds nothing but JSON. */
const isMade = (json: unknown): json is { readonly [key: string]: Json } => isObject(json)
