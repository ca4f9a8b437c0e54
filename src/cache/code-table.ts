import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { type CodePlace, type PlaceRow, placeColumns, placer } from './code-place.js'
import type { Dtype } from './dtype.js'
import { type CodeIdentity, canonicalJson } from './fingerprint.js'
import { checksummed, fillChecksums } from './row-checksum.js'
import type { ShardRecord } from './shard-record.js'

/** What entering a shard did. */
export interface Committed {
  /** known: the catalog had this shard; redundant: it had all its rows, from other shards, and does not keep this one. */
  readonly was: 'new' | 'known' | 'redundant'
  /** Rows that are new. */
  readonly rows: number
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

  /** All fingerprints, in the order in which they came. */
  all(): FingerprintRecord[] {
    const rows = this.#db.prepare<[], FingerprintRow>('SELECT id, digest, json, shape FROM fingerprint ORDER BY id').all()
    return rows.map((row) => ({ ...row, shape: parseShape(row.shape) }))
  }

  /** Enters a fingerprint, if it is new, and returns its record. */
  add(identity: CodeIdentity, shape: readonly number[]): FingerprintRecord {
    return this.enter(canonicalJson({ ...identity }), shape)
  }

  /** The same by the identity's canonical JSON. */
  enter(json: string, shape: readonly number[]): FingerprintRecord {
    const digest = createHash('sha256').update(json).digest('hex')
    const insert = this.#db.prepare('INSERT INTO fingerprint (digest, json, shape) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    const enter = this.#db.transaction(() => {
      if (insert.run(digest, json, JSON.stringify(shape)).changes > 0) this.#db.exec(fillChecksums('fingerprint'))
    })
    enter()
    const record = this.find(digest)
    if (!record) throw new Error(`Expected fingerprint ${digest} in the catalog`)
    return record
  }

  /**
   * Tells whether an image (sha256 in hex) has a plain code now, of this dtype when one is named. The fingerprint, by its digest,
   * may yet have to be entered.
   */
  lookup(fingerprint: string, dtype?: Dtype): (image: string) => boolean {
    const select = this.#db.prepare(
      `SELECT 1 FROM code WHERE fingerprint = (SELECT id FROM fingerprint WHERE digest = ?) AND image = ? AND view = 0
       AND (? IS NULL OR dtype = ?)`,
    )
    const asked = dtype ?? null
    return (image) => select.get(fingerprint, Buffer.from(image, 'hex'), asked, asked) !== undefined
  }

  /** Images (sha256 in hex) of a data set's files that have a plain code, of this dtype when one is named. */
  ofDataset(dataset: number, fingerprint: string, dtype?: Dtype): Set<string> {
    const select = this.#db.prepare<[string, number, string | null, string | null], string>(
      `SELECT lower(hex(file.image)) FROM file JOIN code ON code.image = file.image
       AND code.fingerprint = (SELECT id FROM fingerprint WHERE digest = ?) AND code.view = 0
       WHERE file.dataset = ? AND (? IS NULL OR code.dtype = ?)`,
    )
    return new Set(select.pluck().all(fingerprint, dataset, dtype ?? null, dtype ?? null))
  }

  /** Paths of a data set's files, in their order, whose image has a plain code, of this dtype when one is named. */
  codedPaths(dataset: number, fingerprint: string, dtype?: Dtype): IterableIterator<string> {
    const select = this.#db.prepare<[number, string, string | null, string | null], string>(
      `SELECT path FROM file WHERE dataset = ? AND EXISTS (
         SELECT 1 FROM code WHERE code.image = file.image AND code.view = 0
         AND code.fingerprint = (SELECT id FROM fingerprint WHERE digest = ?) AND (? IS NULL OR code.dtype = ?)
       ) ORDER BY path`,
    )
    return select.pluck().iterate(dataset, fingerprint, dtype ?? null, dtype ?? null)
  }

  /** Whether any code of a fingerprint is kept as this dtype. */
  hasDtype(fingerprint: number, dtype: Dtype): boolean {
    return this.#db.prepare('SELECT 1 FROM shard WHERE fingerprint = ? AND dtype = ? LIMIT 1').get(fingerprint, dtype) !== undefined
  }

  /** Rows of all shards of a fingerprint. */
  rows(fingerprint: number): number {
    const select = this.#db.prepare<[number], number>('SELECT coalesce(sum(rows), 0) FROM shard WHERE fingerprint = ?')
    return select.pluck().get(fingerprint) ?? 0
  }

  /** The images (hex) that have a plain code, of this dtype when one is named. */
  images(fingerprint: number, dtype?: Dtype): Set<string> {
    const select = this.#db.prepare<[number, string | null, string | null], string>(
      'SELECT lower(hex(image)) FROM code WHERE fingerprint = ? AND view = 0 AND (? IS NULL OR dtype = ?)',
    )
    return new Set(select.pluck().all(fingerprint, dtype ?? null, dtype ?? null))
  }

  /** Finds where the plain code of an image (sha256 in hex) lies; float32 is preferred where both exist. */
  finder(fingerprint: number): (image: string) => CodePlace | undefined {
    const toPlace = placer()
    const select = this.#db.prepare<[number, Buffer], PlaceRow>(
      `SELECT ${placeColumns} FROM code JOIN shard ON shard.id = code.shard
       WHERE code.fingerprint = ? AND code.image = ? AND code.view = 0 ORDER BY code.dtype = 'float32' DESC LIMIT 1`,
    )
    return (image) => {
      const row = select.get(fingerprint, Buffer.from(image, 'hex'))
      return row && toPlace(row)
    }
  }

  /** Where every plain code of a fingerprint lies, in the order of storage; float32 is preferred where both exist. */
  places(fingerprint: number): CodePlace[] {
    const toPlace = placer()
    const select = this.#db.prepare<[number], PlaceRow>(
      `SELECT ${placeColumns} FROM code JOIN shard ON shard.id = code.shard
       WHERE code.fingerprint = ? AND code.view = 0 ORDER BY code.shard, code.row`,
    )
    const best = new Map<string, CodePlace>()
    for (const row of select.iterate(fingerprint)) {
      if (row.dtype === 'float32' || !best.has(row.image)) best.set(row.image, toPlace(row))
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

  /** Enters a shard with its rows in one transaction; rows that are known already are skipped, and nobody's lease any more. */
  commit(fingerprint: number, { digest, dtype, bytes, codesAt, rows, created = Date.now() }: ShardRecord): Committed {
    const insertShard = this.#db.prepare(
      'INSERT INTO shard (fingerprint, digest, dtype, rows, bytes, codes_at, created) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const sealShard = this.#db.prepare(`UPDATE shard SET crc = row_checksum(${checksummed.shard}) WHERE id = ?`)
    const removeShard = this.#db.prepare('DELETE FROM shard WHERE id = ?')
    const insertCode = this.#db.prepare(
      'INSERT INTO code (fingerprint, image, view, dtype, shard, row, crc) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const release = this.#db.prepare('DELETE FROM lease WHERE fingerprint = (SELECT digest FROM fingerprint WHERE id = ?) AND image = ?')
    const enter = this.#db.transaction((): Committed => {
      for (const { image } of rows) release.run(fingerprint, image)
      const { changes, lastInsertRowid: id } = insertShard.run(fingerprint, digest, dtype, rows.length, bytes, codesAt, created)
      if (changes === 0) return { was: 'known', rows: 0 }
      let entered = 0
      rows.forEach(({ image, view, crc }, row) => {
        entered += insertCode.run(fingerprint, image, view, dtype, id, row, crc).changes
      })
      if (entered > 0) sealShard.run(id)
      else removeShard.run(id)
      return { was: entered > 0 ? 'new' : 'redundant', rows: entered }
    })
    return this.#db.inTransaction ? enter() : enter.immediate()
  }
}

function parseShape(json: string): number[] {
  const shape: unknown = JSON.parse(json)
  if (!Array.isArray(shape) || !shape.every((side) => Number.isInteger(side)))
    throw new Error(`Expected a shape in the catalog, got ${json}`)
  return shape
}
