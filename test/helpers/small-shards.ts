import { readdirSync } from 'node:fs'
import { openCatalog } from '../../src/cache/catalog.js'
import type { Committed } from '../../src/cache/code-table.js'
import type { Dtype } from '../../src/cache/dtype.js'
import { type CodeIdentity, fingerprintOf, type Json } from '../../src/cache/fingerprint.js'
import { cachePaths } from '../../src/cache/paths.js'
import { fillChecksums } from '../../src/cache/row-checksum.js'
import type { ShardContent } from '../../src/cache/shard-file.js'
import { writeShard } from '../../src/cache/write-shard.js'
import { hashOf, identity } from './code-identity.js'

export interface SmallShard {
  /** Stand for images, see `hashOf`. */
  readonly images: readonly (string | number)[]
  readonly dtype?: Dtype
  readonly made?: Json
  readonly of?: CodeIdentity
  /** When it is entered, milliseconds since 1970, default now. */
  readonly created?: number
}

/** Shape of the codes of small shards. */
export const smallShape = [1, 1, 4]

/** A shard of codes of four numbers, which tell image and dtype apart. */
export function smallShard({ images, dtype = 'float16', made, of = identity }: SmallShard): ShardContent {
  const numbers = images.flatMap((name) => [...Buffer.from(hashOf(name).slice(0, 8), 'hex')])
  return {
    identity: of,
    shape: smallShape,
    dtype,
    made,
    images: Buffer.from(images.map(hashOf).join(''), 'hex'),
    views: new Uint16Array(images.length),
    codes: dtype === 'float16' ? Uint16Array.from(numbers) : Float32Array.from(numbers),
  }
}

/** Writes shards into a cache as the slow stage does, one file each. */
export async function writeShards(cache: string, shards: readonly SmallShard[]): Promise<Committed[]> {
  const catalog = openCatalog(cache)
  const done: Committed[] = []
  for (const shard of shards) {
    done.push(await writeShard(catalog, smallShard(shard)))
    if (shard.created === undefined) continue
    catalog.database.prepare('UPDATE shard SET created = ?, crc = NULL WHERE id = (SELECT max(id) FROM shard)').run(shard.created)
    catalog.database.exec(fillChecksums('shard'))
  }
  catalog.close()
  return done
}

/** The files in the folder of a kind of codes. */
export function shardFiles(cache: string, of: CodeIdentity = identity): string[] {
  return readdirSync(cachePaths(cache).shards(fingerprintOf(of))).sort()
}
