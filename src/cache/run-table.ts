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
  /** Digest of the codes' fingerprint. */
  readonly digest?: string | undefined
}

/** What tells kinds of codes apart. */
export interface CodeKind {
  readonly model: string
  readonly layer: string
  readonly size: number
  readonly precision: string
}

/** The fingerprint and model of a run. */
export interface LastRun {
  readonly fingerprint: string
  readonly model: string
}

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
        `SELECT fingerprint.digest AS fingerprint, run.model AS model FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE ${matches} ORDER BY run.id DESC LIMIT 1`,
      )
      .get(bindings(dataset, filter))
  }

  /** The kinds of codes that completed runs made of a data set, of those that are as asked. */
  kinds(dataset: number, filter: RunFilter = {}): CodeKind[] {
    return this.#db
      .prepare<[Bindings], CodeKind>(
        `SELECT DISTINCT run.model AS model, fingerprint.json ->> '$.layer' AS layer, fingerprint.json ->> '$.size' AS size,
           fingerprint.json ->> '$.precision' AS precision
         FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint WHERE ${matches} ORDER BY run.id`,
      )
      .all(bindings(dataset, filter))
  }
}

type Bindings = Readonly<Record<string, string | number | null>>

/** The runs of a data set that are as asked; see `bindings`. */
const matches = `run.dataset = $dataset
  AND ($digest IS NULL OR fingerprint.digest = $digest)
  AND ($model IS NULL OR run.model = $model)
  AND ($layer IS NULL OR fingerprint.json ->> '$.layer' = $layer)
  AND ($size IS NULL OR fingerprint.json ->> '$.size' = $size)
  AND ($precision IS NULL OR fingerprint.json ->> '$.precision' = $precision)`

function bindings(dataset: number, { model, layer, size, precision, digest }: RunFilter): Bindings {
  const asked = { model, layer, size, precision, digest }
  return { dataset, ...Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, value ?? null])) }
}
