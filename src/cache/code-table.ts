import type Database from 'better-sqlite3'
import { type Dtype, isDtype } from './dtype.js'
import { type CodeIdentity, canonicalJson, fingerprintOf } from './fingerprint.js'

/** A shard as the catalog knows it. */
export interface ShardRecord {
  /** sha256 of the file, in hex: its name. */
  readonly digest: string
  readonly dtype: Dtype
  readonly bytes: number
  /** The images of its rows in order (sha256 of the image file, 32 bytes each) with their view. */
  readonly rows: readonly { readonly image: Uint8Array; readonly view: number }[]
}

/** Where a code lies. */
export interface CodePlace {
  /** sha256 of the image file, in hex. */
  readonly image: string
  readonly dtype: Dtype
  readonly shard: string
  readonly row: number
}

/** What the catalog knows of a fingerprint. */
export interface FingerprintRecord {
  readonly id: number
  readonly digest: string
  /** Canonical JSON of the CodeIdentity. */
  readonly json: string
  /** The code's shape, channels last: [7, 7, 1280]. */
  readonly shape: readonly number[]
}

interface FingerprintRow {
  readonly id: number
  readonly digest: string
  readonly json: string
  readonly shape: string
}

/** The catalog's tables of fingerprints, shards and codes. */
export class CodeTable {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** The record of a fingerprint, or undefined when no code of it was ever kept. */
  find(digest: string): FingerprintRecord | undefined {
    const row = this.#db.prepare<[string], FingerprintRow>('SELECT id, digest, json, shape FROM fingerprint WHERE digest = ?').get(digest)
    return row && { ...row, shape: parseShape(row.shape) }
  }

  /** Enters a fingerprint, if it is new, and returns its record. */
  add(identity: CodeIdentity, shape: readonly number[]): FingerprintRecord {
    const digest = fingerprintOf(identity)
    const insert = this.#db.prepare('INSERT INTO fingerprint (digest, json, shape) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    insert.run(digest, canonicalJson({ ...identity }), JSON.stringify(shape))
    const record = this.find(digest)
    if (!record) throw new Error(`Expected fingerprint ${digest} in the catalog`)
    return record
  }

  /** The images (hex) that have a plain code, of this dtype when one is named. */
  images(fingerprint: number, dtype?: Dtype): Set<string> {
    const select = this.#db.prepare<[number, string | null, string | null], string>(
      'SELECT lower(hex(image)) FROM code WHERE fingerprint = ? AND view = 0 AND (? IS NULL OR dtype = ?)',
    )
    return new Set(select.pluck().all(fingerprint, dtype ?? null, dtype ?? null))
  }

  /** Where every plain code of a fingerprint lies, in the order of storage; float32 is preferred where both exist. */
  places(fingerprint: number): CodePlace[] {
    const select = this.#db.prepare<[number], { image: string; dtype: string; shard: string; row: number }>(
      `SELECT lower(hex(code.image)) AS image, code.dtype AS dtype, shard.digest AS shard, code.row AS row
       FROM code JOIN shard ON shard.id = code.shard
       WHERE code.fingerprint = ? AND code.view = 0
       ORDER BY code.shard, code.row`,
    )
    const best = new Map<string, CodePlace>()
    for (const { image, dtype, shard, row } of select.iterate(fingerprint)) {
      if (isDtype(dtype) && (dtype === 'float32' || !best.has(image))) best.set(image, { image, dtype, shard, row })
    }
    return [...best.values()]
  }

  /** Digests of the known shards of a fingerprint. */
  shards(fingerprint: number): Set<string> {
    return new Set(this.#db.prepare<[number], string>('SELECT digest FROM shard WHERE fingerprint = ?').pluck().all(fingerprint))
  }

  /** Sizes in bytes of the known shards of a fingerprint, by digest. */
  shardSizes(fingerprint: number): Map<string, number> {
    const select = this.#db.prepare<[number], { digest: string; bytes: number }>('SELECT digest, bytes FROM shard WHERE fingerprint = ?')
    return new Map(select.all(fingerprint).map(({ digest, bytes }) => [digest, bytes]))
  }

  /** Takes shards with all their rows out of the catalog. */
  forget(digests: readonly string[]): void {
    const removeCodes = this.#db.prepare('DELETE FROM code WHERE shard = (SELECT id FROM shard WHERE digest = ?)')
    const removeShard = this.#db.prepare('DELETE FROM shard WHERE digest = ?')
    const remove = this.#db.transaction(() => {
      for (const digest of digests) {
        removeCodes.run(digest)
        removeShard.run(digest)
      }
    })
    remove.immediate()
  }

  /** Enters a shard with all its rows in one transaction; rows that are known already are skipped. */
  commit(fingerprint: number, shard: ShardRecord): void {
    const insertShard = this.#db.prepare(
      'INSERT INTO shard (fingerprint, digest, dtype, rows, bytes, created) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const insertCode = this.#db.prepare(
      'INSERT INTO code (fingerprint, image, view, dtype, shard, row) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const enter = this.#db.transaction(() => {
      const { changes, lastInsertRowid } = insertShard.run(
        fingerprint,
        shard.digest,
        shard.dtype,
        shard.rows.length,
        shard.bytes,
        Date.now(),
      )
      if (changes === 0) return
      shard.rows.forEach(({ image, view }, row) => {
        insertCode.run(fingerprint, image, view, shard.dtype, lastInsertRowid, row)
      })
    })
    enter.immediate()
  }
}

function parseShape(json: string): number[] {
  const shape: unknown = JSON.parse(json)
  if (!Array.isArray(shape) || !shape.every((side) => Number.isInteger(side)))
    throw new Error(`Expected a shape in the catalog, got ${json}`)
  return shape
}
