import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { clearAbandoned } from '../base/temporary-name.js'
import type { Catalog } from './catalog.js'
import type { CodeIdentity } from './fingerprint.js'
import { canonicalJson, fingerprintOf } from './fingerprint.js'
import { cachePaths } from './paths.js'
import type { ShardView } from './shard-file.js'

/** What a crash had left behind. */
export interface Adoption {
  /** Shards that were whole and are in the catalog now. */
  readonly adopted: number
  /** Files that are no shard of this fingerprint, or whose content does not match their name; they are left where they are. */
  readonly refused: readonly string[]
}

/**
 * Takes up the shards of a fingerprint that a crash left out of the catalog, and clears the temporary files of dead writers.
 *
 * Only a file whose content matches its name and whose metadata hold this fingerprint is taken.
 */
export async function adoptOrphans(catalog: Catalog, identity: CodeIdentity): Promise<Adoption> {
  const fingerprint = fingerprintOf(identity)
  const folder = cachePaths(catalog.cache).shards(fingerprint)
  clearAbandoned(folder)
  const names = existsSync(folder) ? readdirSync(folder) : []
  const record = catalog.codes.find(fingerprint)
  const known = record ? catalog.codes.shards(record.id) : new Set()
  const orphans = names.filter((name) => name.endsWith('.arrow') && !known.has(basename(name, '.arrow')))
  if (orphans.length === 0) return { adopted: 0, refused: [] }
  const { decodeShard } = await import('./shard-file.js') // Arrow takes a tenth of a second to load
  const refused: string[] = []
  for (const name of orphans) {
    const bytes = await readFile(join(folder, name))
    const digest = createHash('sha256').update(bytes).digest('hex')
    const view = digest === basename(name, '.arrow') ? attempt(() => decodeShard(bytes)) : undefined
    if (view?.metadata.fingerprint !== canonicalJson({ ...identity })) refused.push(name)
    else
      catalog.codes.commit(catalog.codes.add(identity, view.shape).id, {
        digest,
        dtype: view.dtype,
        bytes: bytes.length,
        rows: rowsOf(view),
      })
  }
  return { adopted: orphans.length - refused.length, refused }
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

function rowsOf(view: ShardView): { image: Uint8Array; view: number }[] {
  return Array.from(view.views, (number, row) => ({ image: view.images.subarray(row * 32, row * 32 + 32), view: number }))
}
