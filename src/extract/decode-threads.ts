import type { StageSeconds } from './messages.js'

/**
 * How many threads shall decode for one that only computes: so many that they keep up with it, at least one, at most `most`.
 *
 * Where every core has a thread that computes, decoding for itself is best (measured: 1.3-1.5 × the usual pipeline, decode
 * threads beside a session 1.2-1.35 ×); these are for devices that take one thread's work at a time, such as a GPU.
 */
export function decodeThreads({ decode, forward }: StageSeconds, most: number): number {
  if (most < 1) return 0
  return forward > 0 ? Math.min(Math.max(Math.ceil(decode / forward), 1), most) : most
}
