/** Of each measure more is better; null: not known. */
export type Measures = readonly (number | null)[]

/**
 * Which rows nobody beats: a row is beaten by one that is at least as good in every measure and better in one.
 *
 * Equal rows do not beat each other. Nothing is at least as good as what is not known, nor the other way round, but where neither row's
 * measure is known it tells them not apart: so a row whose speed is unknown is only beaten by rows whose speed is unknown too.
 */
export function paretoSet(rows: readonly Measures[]): boolean[] {
  const exact = rows.map((row) => row.map((value) => (value === null ? null : Number(value.toPrecision(DIGITS)))))
  return exact.map((row) => !exact.some((other) => beats(other, row)))
}

/** Means of the same values in another order differ behind these. */
const DIGITS = 12

function beats(one: Measures, other: Measures): boolean {
  return other.every((value, at) => isAtLeast(one[at] ?? null, value)) && other.some((value, at) => one[at] !== value)
}

const isAtLeast = (one: number | null, other: number | null) => (one === null || other === null ? one === other : one >= other)
