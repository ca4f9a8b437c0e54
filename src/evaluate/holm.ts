/**
 * p values corrected for their number, in the order given: the k-th smallest of m is multiplied by m − k + 1, and none becomes smaller
 * than one before it, or larger than 1.
 *
 * Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const corrected = values.map(() => 1)
  let least = 0
  for (const [k, index] of order.entries()) {
    least = Math.min(1, Math.max(least, (values[index] ?? 1) * (values.length - k)))
    corrected[index] = least
  }
  return corrected
}
