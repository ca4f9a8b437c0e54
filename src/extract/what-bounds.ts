/** What a run spends its time on, so that more speed must come from there. */
export type Bound = 'read' | 'decode' | 'forward' | 'write'

export interface TimeShares {
  /** Of the threads' time, what is lost to waiting for files to be read. */
  readonly read: number
  /** Of the threads' time, what is lost to waiting for results to be written. */
  readonly write: number
  /** Of the time of the threads that compute, what the networks take. */
  readonly forward: number
}

/** The largest share; what is neither waiting nor forward pass is decoding and resizing. */
export function whatBounds({ read, write, forward }: TimeShares): Bound {
  const shares: readonly (readonly [Bound, number])[] = [
    ['forward', forward],
    ['decode', 1 - read - write - forward],
    ['read', read],
    ['write', write],
  ]
  return shares.reduce((largest, other) => (other[1] > largest[1] ? other : largest))[0]
}
