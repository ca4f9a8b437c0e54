import { existsSync, readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { messageOf, UserError } from '../base/errors.js'

/** Version of the catalog's schema; each entry of `migrations` leads to the version after it. */
const migrations: readonly string[] = [
  `
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
]

/**
 * Opens the catalog, making or migrating it as needed. WAL: readers are never blocked. A local disk is needed.
 *
 * @throws UserError when it is no catalog, or a newer version of the program made it; it is left untouched.
 */
export function openDatabase(path: string): Database.Database {
  return prepared(path, () => new Database(path, { timeout: 30_000 }))
}

/**
 * A copy of the catalog in memory: nothing is written, not even the files that SQLite keeps beside an open database.
 *
 * @throws UserError as `openDatabase` does.
 */
export function copyDatabase(path: string): Database.Database {
  return prepared(path, () => {
    const bytes = existsSync(`${path}-wal`) ? snapshot(path) : readFileSync(path)
    bytes.fill(1, 18, 20) // the header's two version numbers: databases in memory have no write-ahead log
    return new Database(bytes)
  })
}

/** The content of a database that has a write-ahead log, because someone else is at work or was interrupted. */
function snapshot(path: string): Buffer {
  const database = new Database(path, { readonly: true, timeout: 30_000 })
  try {
    return database.serialize()
  } finally {
    database.close()
  }
}

function prepared(path: string, open: () => Database.Database): Database.Database {
  let database: Database.Database | undefined
  try {
    database = open()
    const version = Number(database.pragma('user_version', { simple: true }))
    if (version > migrations.length) throw newerCatalog(path, version)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    if (version < migrations.length) migrate(database)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof UserError) throw error
    throw new UserError(
      `Expected a catalog at ${path}, but it cannot be opened: ${messageOf(error)}. Move the file away; codes that are already in shards are taken up again.`,
    )
  }
}

function newerCatalog(path: string, version: number): UserError {
  return new UserError(
    `Expected a catalog of version ${migrations.length} or older, found version ${version} at ${path}. Update cnn-codes; nothing was changed.`,
  )
}

function migrate(database: Database.Database): void {
  const steps = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }))
    for (const step of migrations.slice(version)) database.exec(step)
    database.pragma(`user_version = ${migrations.length}`)
  })
  steps.immediate()
}
