import type Database from 'better-sqlite3'
import type { Json } from './fingerprint.js'

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

/** Which run is meant; what is left out may be anything. */
export interface RunFilter {
  /** `--model` as it was given to `codes`. */
  readonly model?: string | undefined
  /** The resolved name of the layer. */
  readonly layer?: string | undefined
  /** Side of the input in pixels. */
  readonly size?: number | undefined
  readonly precision?: string | undefined
  /** Rule of resizing. */
  readonly resize?: string | undefined
  /** Digest of the codes' fingerprint. */
  readonly digest?: string | undefined
}

/** What tells kinds of codes apart. */
export interface CodeKind {
  readonly model: string
  readonly layer: string
  readonly size: number
  readonly precision: string
  readonly resize: string
}

/** A run's kind of codes, and the digest of their fingerprint. */
export interface LastRun extends CodeKind {
  readonly fingerprint: string
}

/** Where the parts of a kind stand in a fingerprint's JSON. */
const parts = { layer: '$.layer', size: '$.size', precision: '$.precision', resize: '$.preprocessing.resize' } as const

/** The catalog's table of completed runs. */
export class RunTable {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  add(run: RunRecord): void {
    this.#db
      .prepare('INSERT INTO run (dataset, fingerprint, model, started, finished, details) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run.dataset, run.fingerprint, run.model, run.started, run.finished, JSON.stringify(run.details))
  }

  /** The last completed run for a data set, of those that are as asked. */
  last(dataset: number, filter: RunFilter = {}): LastRun | undefined {
    return this.#db
      .prepare<[Bindings], LastRun>(
        `SELECT fingerprint.digest AS fingerprint, ${kind} FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE ${matches} ORDER BY run.id DESC LIMIT 1`,
      )
      .get(bindings(dataset, filter))
  }

  /** The kinds of codes that completed runs made of a data set, each with its fingerprint and the model's name in the last run. */
  fingerprints(dataset: number): LastRun[] {
    return this.#db
      .prepare<[number], LastRun>(
        `SELECT fingerprint.digest AS fingerprint, ${kind}, max(run.id) FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE run.dataset = ? GROUP BY fingerprint.id ORDER BY max(run.id)`,
      )
      .all(dataset)
  }

  /** The kinds of codes that completed runs made of a data set, of those that are as asked. */
  kinds(dataset: number, filter: RunFilter = {}): CodeKind[] {
    return this.#db
      .prepare<[Bindings], CodeKind>(
        `SELECT DISTINCT ${kind} FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE ${matches} ORDER BY run.id`,
      )
      .all(bindings(dataset, filter))
  }
}

type Bindings = Readonly<Record<string, string | number | null>>

/** The columns of a CodeKind. */
const kind = ['run.model AS model', ...Object.entries(parts).map(([name, path]) => `fingerprint.json ->> '${path}' AS ${name}`)].join()

/** The runs of a data set that are as asked; see `bindings`. */
const matches = `run.dataset = $dataset
  AND ($digest IS NULL OR fingerprint.digest = $digest)
  AND ($model IS NULL OR run.model = $model)
  ${Object.entries(parts)
    .map(([name, path]) => `AND ($${name} IS NULL OR fingerprint.json ->> '${path}' = $${name})`)
    .join(' ')}`

function bindings(dataset: number, { model, layer, size, precision, resize, digest }: RunFilter): Bindings {
  const asked = { model, layer, size, precision, resize, digest }
  return { dataset, ...Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, value ?? null])) }
}
