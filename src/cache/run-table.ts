import type Database from 'better-sqlite3'
import type { CodeKind } from './code-kind.js'
import type { Json } from './fingerprint.js'
import { fillChecksums } from './row-checksum.js'

/** A completed slow stage. */
export interface RunRecord {
  readonly dataset: number
  readonly fingerprint: number
  /** `--model` as it was given. */
  readonly model: string
  /** Milliseconds since 1970. */
  readonly started: number
  readonly finished: number
  /** Engine, provider, CPU, versions, counts. */
  readonly details: Json
}

/** Which run is meant; what is left out may be anything, but the view: it is 0, the plain image, unless a view or a digest is asked for. */
export interface RunFilter extends Partial<{ readonly [Part in keyof CodeKind]: CodeKind[Part] | undefined }> {
  /** Digest of the codes' fingerprint. */
  readonly digest?: string | undefined
}

/** A run's kind of codes, and the digest of their fingerprint. */
export interface LastRun extends CodeKind {
  readonly fingerprint: string
}

/** A kind as SQLite gives it, which knows no booleans. */
type Row<T extends CodeKind> = Omit<T, 'exif'> & { readonly exif: 0 | 1 }

/** Where the parts of a kind are found; JSON lacks what was as usual when it was written. */
const parts: Readonly<Record<keyof CodeKind, string>> = {
  model: 'run.model',
  layer: "fingerprint.json ->> '$.layer'",
  size: "fingerprint.json ->> '$.size'",
  precision: "fingerprint.json ->> '$.precision'",
  resize: "fingerprint.json ->> '$.preprocessing.resize'",
  decoder: "coalesce(fingerprint.json ->> '$.preprocessing.decoder', 'exact')",
  exif: "coalesce(fingerprint.json ->> '$.preprocessing.exif', 1)",
  alpha: "coalesce(fingerprint.json ->> '$.preprocessing.alpha', 'white')",
  truncated: "coalesce(fingerprint.json ->> '$.preprocessing.truncated', 'reject')",
  augment: "coalesce(fingerprint.json ->> '$.augment.spec', 'none')",
  view: "coalesce(fingerprint.json ->> '$.augment.view', 0)",
}

/** The catalog's table of completed runs. */
export class RunTable {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  add(run: RunRecord): void {
    const insert = this.#db.prepare('INSERT INTO run (dataset, fingerprint, model, started, finished, details) VALUES (?, ?, ?, ?, ?, ?)')
    const add = this.#db.transaction(() => {
      insert.run(run.dataset, run.fingerprint, run.model, run.started, run.finished, JSON.stringify(run.details))
      this.#db.exec(fillChecksums('run'))
    })
    add()
  }

  /** The last completed run for a data set, or for any, of those that are as asked. */
  last(dataset: number | undefined, filter: RunFilter = {}): LastRun | undefined {
    const row = this.#db
      .prepare<[Bindings], Row<LastRun>>(
        `SELECT fingerprint.digest AS fingerprint, ${kind} FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE ${matches} ORDER BY run.finished DESC, run.id DESC LIMIT 1`,
      )
      .get(bindings(dataset, filter))
    return row && withBoolean(row)
  }

  /** The kinds of codes that completed runs made of a data set, each with its fingerprint and the model's name in the last run. */
  fingerprints(dataset: number): LastRun[] {
    return this.#db
      .prepare<[number], Row<LastRun> & { readonly last: number }>(
        `SELECT fingerprint.digest AS fingerprint, ${kind}, max(run.finished) AS last FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE run.dataset = ? GROUP BY fingerprint.id ORDER BY last, max(run.id)`,
      )
      .all(dataset)
      .map(({ last: _last, ...row }) => withBoolean(row))
  }

  /** The kinds of codes that completed runs made of a data set, of those that are as asked. */
  kinds(dataset: number, filter: RunFilter = {}): CodeKind[] {
    return this.#db
      .prepare<[Bindings], Row<CodeKind>>(
        `SELECT DISTINCT ${kind} FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE ${matches} ORDER BY run.finished, run.id`,
      )
      .all(bindings(dataset, filter))
      .map(withBoolean)
  }
}

type Bindings = Readonly<Record<string, string | number | null>>

/** The columns of a CodeKind. */
const kind = Object.entries(parts)
  .map(([name, at]) => `${at} AS ${name}`)
  .join()

/** The runs that are as asked, see `bindings`. Runs are in the order of their end: some may come from another cache. */
const matches = `($dataset IS NULL OR run.dataset = $dataset)
  AND ($digest IS NULL OR fingerprint.digest = $digest)
  ${Object.entries(parts)
    .map(([name, at]) => `AND ($${name} IS NULL OR ${at} = $${name})`)
    .join(' ')}`

function bindings(dataset: number | undefined, filter: RunFilter): Bindings {
  const { model, layer, size, precision, resize, decoder, exif, alpha, truncated, augment, digest } = filter
  const view = filter.view ?? (digest === undefined ? 0 : null)
  const decoding = { decoder, exif: exif === undefined ? null : Number(exif), alpha, truncated }
  const asked = { model, layer, size, precision, resize, ...decoding, augment, view, digest }
  return { dataset: dataset ?? null, ...Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, value ?? null])) }
}

const withBoolean = <T extends Pick<Row<CodeKind>, 'exif'>>({ exif, ...row }: T) => ({ ...row, exif: exif === 1 })
