import type Database from 'better-sqlite3'
import { fillChecksums, insertSealed } from './row-checksum.js'

export type Part = 'train' | 'validation' | 'test'

/** A file of a data set as the last scan saw it. */
export interface FileRecord {
  /** Below the data root, with / between the folders. */
  readonly path: string
  readonly label: string
  readonly part: Part | undefined
  /** Size, mtime, ctime and inode when it was hashed. */
  readonly stamp?: string | undefined
  /** When it was hashed, milliseconds since 1970. */
  readonly hashed?: number | undefined
  /** sha256 of its bytes in hex, undefined until it was read. */
  readonly image?: string | undefined
}

/** An image that gives no code, and why. */
export interface QuarantineRecord {
  readonly path: string
  readonly cause: string
  /** One sentence. */
  readonly reason: string
  readonly stamp: string | undefined
}

/** Files that were tried, and those of them that gave no code. */
export interface TriedFiles {
  readonly files: readonly string[]
  readonly refused: readonly QuarantineRecord[]
}

/** A quarantined file and the codes that it does not give, by their fingerprint. */
export interface QuarantinedFile extends Omit<QuarantineRecord, 'stamp'> {
  readonly fingerprint: string
}

interface FileRow {
  readonly path: string
  readonly label: string
  readonly part: Part | null
  readonly stamp: string | null
  readonly hashed: number | null
  readonly image: string | null
}

/** The catalog's tables of data sets, their files, and what is quarantined. */
export class FileTable {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** The id of a data set, or undefined when it was never scanned. */
  findDataset(root: string): number | undefined {
    return this.#db.prepare<[string], number>('SELECT id FROM dataset WHERE root = ?').pluck().get(root)
  }

  /** All data sets in the order in which they came. */
  datasets(): { readonly id: number; readonly root: string }[] {
    return this.#db.prepare<[], { id: number; root: string }>('SELECT id, root FROM dataset ORDER BY id').all()
  }

  /** The id of a data set, entered if it is new. */
  addDataset(root: string): number {
    const added = this.#db.prepare('INSERT INTO dataset (root) VALUES (?) ON CONFLICT DO NOTHING').run(root).changes
    if (added > 0) this.#db.exec(fillChecksums('dataset'))
    return this.findDataset(root) ?? 0
  }

  /** The files of a data set in the order of their paths. */
  files(dataset: number): FileRecord[] {
    return [...this.each(dataset)]
  }

  /** The same one after the other, for millions. Nothing can be written meanwhile. */
  *each(dataset: number): Generator<FileRecord> {
    const select = this.#db.prepare<[number], FileRow>(
      'SELECT path, label, part, stamp, hashed, lower(hex(image)) AS image FROM file WHERE dataset = ? ORDER BY path',
    )
    // Millions of files have few labels: each is kept once.
    const labels = new Map<string, string>()
    for (const { path, label, part, stamp, hashed, image } of select.iterate(dataset)) {
      const known = labels.get(label) ?? label
      labels.set(known, known)
      yield {
        path,
        label: known,
        part: part ?? undefined,
        stamp: stamp ?? undefined,
        hashed: hashed ?? undefined,
        image: image || undefined,
      }
    }
  }

  /** Forgets the files of some paths, and enters others, or what is newly known of them. */
  updateFiles(dataset: number, { vanished, files }: { readonly vanished: readonly string[]; readonly files: readonly FileRecord[] }): void {
    const remove = this.#db.prepare('DELETE FROM file WHERE dataset = ? AND path = ?')
    const update = this.#db.transaction(() => {
      for (const path of vanished) remove.run(dataset, path)
      this.keepFiles(dataset, files)
    })
    update.immediate()
  }

  /** Enters files, or what is newly known of them. */
  keepFiles(dataset: number, files: readonly FileRecord[]): void {
    const write = this.#writer()
    const keep = this.#db.transaction(() => {
      for (const file of files) write(dataset, file)
    })
    keep.immediate()
  }

  #writer(): (dataset: number, file: FileRecord) => void {
    const columns = ['dataset', 'path', 'label', 'part', 'stamp', 'hashed', 'image']
    const write = this.#db.prepare(insertSealed('file', columns, 'REPLACE'))
    return (dataset, { path, label, part, stamp, hashed, image }) => {
      const bytes = image === undefined ? null : Buffer.from(image, 'hex')
      write.run(dataset, path, label, part ?? null, stamp ?? null, hashed ?? null, bytes)
    }
  }

  /** What is quarantined for this fingerprint, in the order of paths. */
  quarantined(dataset: number, fingerprint: string): QuarantineRecord[] {
    const select = this.#db.prepare<[number, string], Omit<QuarantineRecord, 'stamp'> & { stamp: string | null }>(
      'SELECT path, cause, reason, stamp FROM quarantine WHERE dataset = ? AND fingerprint = ? ORDER BY path',
    )
    return select.all(dataset, fingerprint).map((row) => ({ ...row, stamp: row.stamp ?? undefined }))
  }

  /** What is quarantined of the data set's files, whatever the codes, in the order of paths. */
  allQuarantined(dataset: number): QuarantinedFile[] {
    const select = this.#db.prepare<[number], QuarantinedFile>(
      `SELECT quarantine.path AS path, cause, reason, fingerprint FROM quarantine
       JOIN file ON file.dataset = quarantine.dataset AND file.path = quarantine.path
       WHERE quarantine.dataset = ? ORDER BY quarantine.path, fingerprint`,
    )
    return select.all(dataset)
  }

  /** Enters what was found of single files: the refused ones of them are quarantined for this fingerprint, the others are not any more. */
  updateQuarantine(dataset: number, fingerprint: string, { files, refused }: TriedFiles): void {
    const clear = this.#db.prepare('DELETE FROM quarantine WHERE dataset = ? AND fingerprint = ? AND path = ?')
    const insert = this.#quarantiner(dataset, fingerprint)
    const update = this.#db.transaction(() => {
      for (const path of files) clear.run(dataset, fingerprint, path)
      refused.forEach(insert)
    })
    update.immediate()
  }

  /** Makes the quarantine of this fingerprint exactly this list. */
  replaceQuarantine(dataset: number, fingerprint: string, records: readonly QuarantineRecord[]): void {
    const clear = this.#db.prepare('DELETE FROM quarantine WHERE dataset = ? AND fingerprint = ?')
    const insert = this.#quarantiner(dataset, fingerprint)
    const replace = this.#db.transaction(() => {
      clear.run(dataset, fingerprint)
      records.forEach(insert)
    })
    replace.immediate()
  }

  #quarantiner(dataset: number, fingerprint: string): (record: QuarantineRecord) => void {
    const insert = this.#db.prepare(insertSealed('quarantine', ['dataset', 'path', 'fingerprint', 'stamp', 'cause', 'reason']))
    return ({ path, stamp, cause, reason }) => insert.run(dataset, path, fingerprint, stamp ?? null, cause, reason)
  }
}
