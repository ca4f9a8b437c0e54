import type { Terminal } from './terminal.js'

/** A form in which codes can be given to `cache import`. */
export interface Importer {
  /** What it is, in the help and in the message that says what can be imported. */
  readonly name: string
  /** Whether a path is one, by a look at it. */
  takes(source: string): boolean
  run(args: ImportArgs, terminal: Terminal): Promise<Imported>
}

export interface ImportArgs {
  readonly source: string
  readonly cache: string
  readonly quiet: boolean
  readonly signal: AbortSignal
}

/** What every import counts. */
export interface ImportCounts {
  /** Shards that were made or taken over. */
  readonly shards: number
  /** Codes that are new here. */
  readonly rows: number
  /** Codes that were here already. */
  readonly known: number
}

/** What came of an import. */
export interface Imported {
  /** Each form may tell more. */
  readonly result: ImportCounts
  /** For people. */
  readonly text: string
  readonly interrupted: boolean
}
