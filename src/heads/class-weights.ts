/** n / (C n_c): every class weighs the same in all. As scikit-learn's "balanced"; a class without samples weighs nothing. */
export function balancedWeights(counts: readonly number[]): number[] {
  const n = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count === 0 ? 0 : n / (counts.length * count)))
}
