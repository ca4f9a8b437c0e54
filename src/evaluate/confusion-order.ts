type Counts = readonly (readonly number[])[]

/**
 * An order of classes in which those that are taken for each other stand together: pairs are linked from the most confused on, as long
 * as both are an end of different chains; chains follow each other by their first class, classes that nobody confuses among them.
 *
 * @param matrices of the same classes, rows the true ones: their shares are added.
 */
export function confusionOrder(matrices: readonly Counts[]): number[] {
  const size = matrices[0]?.length ?? 0
  const chainOf = Array.from({ length: size }, (_, at) => [at])
  for (const { a, b } of confusedPairs(matrices)) {
    const [left, right] = [chainOf[a], chainOf[b]]
    if (!left || !right || left === right || !isEnd(left, a) || !isEnd(right, b)) continue
    const joined = [...(left.at(-1) === a ? left : left.toReversed()), ...(right[0] === b ? right : right.toReversed())]
    for (const member of joined) chainOf[member] = joined
  }
  return [...new Set(chainOf)]
    .map(fromSmallerEnd)
    .toSorted((one, other) => Math.min(...one) - Math.min(...other))
    .flat()
}

const isEnd = (chain: readonly number[], member: number) => chain[0] === member || chain.at(-1) === member

const fromSmallerEnd = (chain: readonly number[]) => ((chain[0] ?? 0) <= (chain.at(-1) ?? 0) ? chain : chain.toReversed())

/** Pairs by the mean share that is taken for the other, largest first. */
function confusedPairs(matrices: readonly Counts[]) {
  const strength = new Map<string, { a: number; b: number; share: number }>()
  for (const counts of matrices) {
    for (const [row, cells] of counts.entries()) {
      const total = cells.reduce((sum, count) => sum + count, 0)
      for (const [column, count] of cells.entries()) {
        if (count === 0 || row === column) continue
        const [a, b] = [Math.min(row, column), Math.max(row, column)]
        const known = strength.get(`${a}-${b}`)
        strength.set(`${a}-${b}`, { a, b, share: (known?.share ?? 0) + count / total })
      }
    }
  }
  return [...strength.values()].sort((one, other) => other.share - one.share || one.a - other.a || one.b - other.b)
}
