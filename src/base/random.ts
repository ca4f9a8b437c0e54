/** A source of numbers in [0, 1). */
export type Random = () => number

/**
 * A seeded source of numbers in [0, 1): mulberry32, 32 bits of state, period 2^32.
 *
 * Source: Tommy Ettinger, mulberry32 (public domain, 2017). The same seed gives the same numbers on every machine.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Shuffles in place (Fisher-Yates) and returns the same array. */
export function shuffle<T extends { [index: number]: number; length: number }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = items[i] as number
    items[i] = items[j] as number
    items[j] = held
  }
  return items
}
