import type { ExitCode, Terminal } from './terminal.js'

/** A form in which codes can be given to `cache import`. */
export interface Importer {
  /** What it is, in the help and in the message that says what can be imported. */
  readonly name: string
  /** Whether a path is one, by a look at it. */
  takes(source: string): boolean
  run(args: ImportArgs, terminal: Terminal): Promise<ExitCode>
}

export interface ImportArgs {
  readonly source: string
  readonly cache: string
  readonly json: boolean
  readonly quiet: boolean
}
