/** A cache to be damaged, and how it is verified. */
export interface FlipJob {
  readonly cache: string
  /** How many bits to flip, one at a time. */
  readonly flips: number
  readonly random: () => number
  verify(cache: string): Promise<{ readonly bad: readonly { readonly reason: string }[] }>
}

/** What came of the flips: their sum is their number. */
export interface FlipOutcome {
  readonly found: number
  readonly refused: number
  readonly harmless: number
  readonly missed: readonly string[]
  readonly crashed: readonly string[]
}

export function flipShards(job: FlipJob): Promise<FlipOutcome>
export function flipCatalog(job: FlipJob): Promise<FlipOutcome>
