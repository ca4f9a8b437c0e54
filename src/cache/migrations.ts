import type Database from 'better-sqlite3'
import { type ChecksummedTable, checksummed, fillChecksums } from './row-checksum.js'

/** A step from one version of the catalog's schema to the next. */
export interface Migration {
  readonly sql: string
  /** Whether it emptied the tables of shards and codes, which are then filled again from the shards themselves. */
  readonly reindex?: boolean
}

/** Each entry leads to the version after it; what was published never changes. */
export const migrations: readonly Migration[] = [
  {
    sql: `
    CREATE TABLE fingerprint (
      id INTEGER PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      json TEXT NOT NULL,               -- canonical JSON of the CodeIdentity
      shape TEXT NOT NULL               -- JSON array: the code's shape, channels last
    ) STRICT;
    CREATE TABLE shard (
      id INTEGER PRIMARY KEY,
      fingerprint INTEGER NOT NULL REFERENCES fingerprint(id),
      digest TEXT NOT NULL UNIQUE,      -- sha256 of the file: its name
      dtype TEXT NOT NULL,              -- float16 | float32
      rows INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      created INTEGER NOT NULL          -- milliseconds since 1970
    ) STRICT;
    CREATE TABLE code (
      fingerprint INTEGER NOT NULL REFERENCES fingerprint(id),
      image BLOB NOT NULL,              -- sha256 of the image file's bytes
      view INTEGER NOT NULL,            -- 0: the plain image
      dtype TEXT NOT NULL,
      shard INTEGER NOT NULL REFERENCES shard(id),
      row INTEGER NOT NULL,
      PRIMARY KEY (fingerprint, image, view, dtype)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX code_shard ON code (shard);
    CREATE TABLE dataset (
      id INTEGER PRIMARY KEY,
      root TEXT NOT NULL UNIQUE         -- absolute path
    ) STRICT;
    CREATE TABLE file (
      dataset INTEGER NOT NULL REFERENCES dataset(id),
      path TEXT NOT NULL,               -- below the root, with /
      label TEXT NOT NULL,
      part TEXT,                        -- train | validation | test, where the folders say so
      stamp TEXT,                       -- size, mtime, ctime, inode when it was hashed
      hashed INTEGER,                   -- milliseconds since 1970
      image BLOB,                       -- sha256, null until it was read
      PRIMARY KEY (dataset, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE quarantine (
      dataset INTEGER NOT NULL REFERENCES dataset(id),
      path TEXT NOT NULL,
      fingerprint TEXT NOT NULL,        -- the file may pass under another one
      stamp TEXT,
      cause TEXT NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (dataset, path, fingerprint)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      dataset INTEGER NOT NULL REFERENCES dataset(id),
      fingerprint INTEGER NOT NULL REFERENCES fingerprint(id),
      model TEXT NOT NULL,
      started INTEGER NOT NULL,
      finished INTEGER NOT NULL,
      details TEXT NOT NULL             -- JSON: engine, provider, CPU, versions, counts
    ) STRICT;
    `,
  },
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
