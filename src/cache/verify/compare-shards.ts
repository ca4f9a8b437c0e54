import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Catalog } from '../catalog.js'
import { tryReadShard } from '../read-shard.js'
import { isPlaced } from '../store/shard-link.js'
import { shardFile } from './checksums.js'
import { hasAllRows, type KnownShard, rowDifferences } from './compare-rows.js'
import type { Mend, Problem } from './problem.js'
import type { ShardFacts, VerifyScope } from './scope.js'

interface ShardRow extends KnownShard, Omit<ShardFacts, 'fingerprint' | 'rowsDigest' | 'shape' | 'made'> {
  /** Digest of the fingerprint; null where the catalog has none. */
  readonly folder: string | null
  /** JSON. */
  readonly shape: string | null
}

const columns = `shard.id AS id, shard.fingerprint AS fingerprint, shard.digest AS digest, dtype, rows, bytes, codes_at AS codesAt,
  fingerprint.digest AS folder, fingerprint.shape AS shape`

/** What the catalog says of shards, against what those that are whole say themselves. */
export function compareShards(scope: VerifyScope, catalog: Catalog): Problem[] {
  const { database } = catalog
  const select = database.prepare<[], ShardRow>(
    `SELECT ${columns} FROM shard LEFT JOIN fingerprint ON fingerprint.id = shard.fingerprint ORDER BY shard.id`,
  )
  const known = select.all()
  const listed = new Set(scope.listing.shards.map(({ path }) => path))
  const problems = known.flatMap((shard): Problem[] => {
    if (shard.folder === null) return [] // the row's problem is told by the tables
    const file = shardFile(shard.folder, shard.digest)
    const facts = scope.whole.get(file)
    const found = facts ? difference(scope, database, { file, shard, facts }) : listed.has(file) ? undefined : lost(scope, database, file)
    return found === undefined ? [] : [{ file, ...found }]
  })
  return [...problems, ...unknownShards(scope, new Set(known.map(({ folder, digest }) => shardFile(folder ?? '', digest))))]
}

/** Whole shards that the catalog does not know. */
export function unknownShards({ whole, codes }: VerifyScope, known: ReadonlySet<string> = new Set()): Problem[] {
  return [...whole.keys()]
    .filter((file) => !known.has(file) && existsSync(join(codes, file))) // another process may have compacted meanwhile
    .map((file) => ({ file, kind: 'orphan', reason: 'the catalog does not know it; the next codes takes it up', mend: 'enter' }))
}

interface Compared {
  readonly file: string
  readonly shard: ShardRow
  readonly facts: ShardFacts
}

type Found = Omit<Problem, 'file'>

const bad = (reason: string, mend: Mend = 'enter'): Found => ({ kind: 'bad', reason, mend })

/** Compared in one read transaction: another process may be moving the rows. */
function difference(scope: VerifyScope, database: Database.Database, { file, shard, facts }: Compared): Found | undefined {
  const compare = database.transaction(() => {
    if (!isKnown(database, shard.digest)) return undefined
    const column = (['dtype', 'rows', 'bytes', 'codesAt'] as const).find((name) => shard[name] !== facts[name])
    if (column) return bad(`the catalog has ${shard[column]} as its ${column}, the file ${facts[column]}`)
    const shape = JSON.stringify(facts.shape)
    if (shard.shape !== shape) return bad(`the catalog has codes of ${shard.shape}, the file of ${shape}`, 'rebuild')
    return hasAllRows(database, shard, facts) ? undefined : rowTrouble(scope, database, { file, shard })
  })
  return compare()
}

function rowTrouble({ codes }: VerifyScope, database: Database.Database, { file, shard }: Omit<Compared, 'facts'>): Found | undefined {
  const whole = tryReadShard(join(codes, file), () => undefined)
  if (!whole) return bad('it went away while it was verified')
  const { wrong, missing, live } = rowDifferences(database, shard, whole)
  if (wrong > 0) return bad(`the catalog has ${wrong} of its rows otherwise than the file`)
  if (missing > 0) return bad(`the catalog lacks ${missing} of its rows`)
  return live === 0 ? { kind: 'leftover', reason: 'the catalog has all its rows from other shards', mend: 'enter' } : undefined
}

/** A shard whose file is not in the listing: written since, taken away since, or lost. */
function lost({ codes }: VerifyScope, database: Database.Database, file: string): Found | undefined {
  return isKnown(database, basename(file, '.arrow')) && !isPlaced(join(codes, file)) ? bad('its file is gone') : undefined
}

function isKnown(database: Database.Database, digest: string): boolean {
  return database.prepare('SELECT 1 FROM shard WHERE digest = ?').get(digest) !== undefined
}
