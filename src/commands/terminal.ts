/** What a command sees of the world around it. */
export interface Terminal {
  /** A line on standard output: the result, and nothing else. */
  print(text: string): void
  /** A line on standard error: everything else. */
  note(text: string): void
  /** A progress display on standard error: a bar on a terminal, plain lines elsewhere. */
  progress(): ProgressDisplay
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

/** 0 done; 1 failed; 2 wrong usage; 3 done, but `--strict` and images were quarantined; 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130

/** A display that shows nothing, for `--quiet`. */
export const noProgress: ProgressDisplay = { update: () => undefined, stop: () => undefined }
