import type Database from 'better-sqlite3'
import { type ChecksummedTable, checksummed, fillChecksums } from './row-checksum.js'
import { version1 } from './schema-version-1.js'

/** A step from one version of the catalog's schema to the next. */
export interface Migration {
  readonly sql: string
  /** Whether it emptied the tables of shards and codes, which are then filled again from the shards themselves. */
  readonly reindex?: boolean
}

/** Each entry leads to the version after it. What was published never changes, not in its white space either: SQLite keeps the text. */
export const migrations: readonly Migration[] = [
  { sql: version1 },
  {
    // Codes are found and checked without opening their shard; what no shard can tell again is checksummed; processes see each other.
    sql: `
    DROP TABLE code;
    DROP TABLE shard;
    CREATE TABLE shard (
      id INTEGER PRIMARY KEY,
      fingerprint INTEGER NOT NULL REFERENCES fingerprint(id),
      digest TEXT NOT NULL UNIQUE,      -- sha256 of the file: its name
      dtype TEXT NOT NULL,              -- float16 | float32
      rows INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      codes_at INTEGER NOT NULL,        -- bytes of the file before its first code
      created INTEGER NOT NULL,         -- milliseconds since 1970
      crc INTEGER                       -- of this row, as in all tables but code
    ) STRICT;
    CREATE INDEX shard_fingerprint ON shard (fingerprint);
    CREATE TABLE code (
      fingerprint INTEGER NOT NULL REFERENCES fingerprint(id),
      image BLOB NOT NULL,              -- sha256 of the image file's bytes
      view INTEGER NOT NULL,            -- 0: the plain image
      dtype TEXT NOT NULL,
      shard INTEGER NOT NULL REFERENCES shard(id),
      row INTEGER NOT NULL,
      crc INTEGER NOT NULL,             -- CRC-32 of the code's bytes, as its shard has it
      PRIMARY KEY (fingerprint, image, view, dtype)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX code_shard ON code (shard);
    ALTER TABLE fingerprint ADD COLUMN crc INTEGER;
    ALTER TABLE dataset ADD COLUMN crc INTEGER;
    ALTER TABLE file ADD COLUMN crc INTEGER;
    ALTER TABLE quarantine ADD COLUMN crc INTEGER;
    ALTER TABLE run ADD COLUMN crc INTEGER;
    CREATE TABLE worker (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,        -- host, process and a random part
      heartbeat INTEGER NOT NULL        -- milliseconds since 1970
    ) STRICT;
    CREATE TABLE lease (
      fingerprint TEXT NOT NULL,        -- digest: its record may not exist yet
      image BLOB NOT NULL,
      worker INTEGER NOT NULL REFERENCES worker(id) ON DELETE CASCADE,
      PRIMARY KEY (fingerprint, image)
    ) STRICT, WITHOUT ROWID;
    `,
    reindex: true,
  },
]

/**
 * Brings a catalog to the newest version, in one transaction.
 *
 * @param reindex enters all shards again; called inside the transaction.
 */
export function migrate(database: Database.Database, reindex: () => void): void {
  const steps = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }))
    const pending = migrations.slice(version)
    for (const { sql } of pending) database.exec(sql)
    for (const table of Object.keys(checksummed) as ChecksummedTable[]) database.exec(fillChecksums(table))
    database.pragma(`user_version = ${migrations.length}`)
    if (version > 0 && pending.some((step) => step.reindex)) reindex()
  })
  steps.immediate()
}
