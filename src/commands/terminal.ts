/** What a command sees of the world around it. */
export interface Terminal {
  /** The words of the command line behind the program's name. */
  readonly words: readonly string[]
  /** All that stands on standard input. */
  input(): Promise<string>
  /** A line on standard output: the result, and nothing else. */
  print(text: string): void
  /** A line on standard error: everything else. */
  note(text: string): void
  /** A progress display on standard error: a bar on a terminal, plain lines elsewhere. */
  progress(): ProgressDisplay
  /** A picture on standard error that is drawn in place of the last one on a terminal; plain lines elsewhere. */
  live(): LiveDisplay
  /**
   * Takes over Ctrl-C, which otherwise ends the process at once: the first one aborts the signal, the second one ends it.
   */
  interruptible(): AbortSignal
}

export interface ProgressDisplay {
  /** @param note rate, time left and the like, behind the count. */
  update(done: number, total: number, note: string): void
  stop(): void
}

export interface LiveDisplay {
  /** Columns of the terminal. */
  readonly width: number
  /** Its rows. */
  readonly rows: number
  /** Whether colours are shown: not where NO_COLOR is set. */
  readonly colour: boolean
  /** Shows a picture of several lines on a terminal, else the line. */
  show(what: { readonly line: string; readonly picture: string }): void
}

/** 0 done; 1 failed; 2 wrong usage; 3 done, but `--strict` and images were quarantined; 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130

/** A display that shows nothing, for `--quiet`. */
export const noProgress: ProgressDisplay = { update: () => undefined, stop: () => undefined }
