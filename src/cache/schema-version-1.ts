/** The catalog as its first version made it. */
export const version1 = `
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
  `
