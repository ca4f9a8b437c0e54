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

  /** The last completed run for a data set; of one model where it is named, as it was given to `codes`. */
  last(dataset: number, model?: string): LastRun | undefined {
    return this.#db
      .prepare<[number, string | null, string | null], LastRun>(
        `SELECT fingerprint.digest AS fingerprint, run.model AS model FROM run JOIN fingerprint ON fingerprint.id = run.fingerprint
         WHERE run.dataset = ? AND (? IS NULL OR run.model = ?) ORDER BY run.id DESC LIMIT 1`,
      )
      .get(dataset, model ?? null, model ?? null)
  }
}
