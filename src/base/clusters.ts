/**
 * Groups of things that pairs hold together, directly or over others: at least two each, in ascending order, by their first.
 *
 * Source: union-find with path halving, R. Tarjan and J. van Leeuwen, Worst-case Analysis of Set Union Algorithms, JACM 31, 1984.
 *
 * @param pairs of numbers from 0 to below `count`.
 */
export function clustersOf(pairs: Iterable<readonly [number, number]>, count: number): number[][] {
  const parents = Int32Array.from({ length: count }, (_, at) => at)
  const rootOf = (start: number) => {
    let at = start
    for (let up = parents[at] as number; up !== at; up = parents[at] as number) {
      parents[at] = parents[up] as number
      at = up
    }
    return at
  }
  for (const [a, b] of pairs) {
    const [first, second] = [rootOf(a), rootOf(b)]
    parents[Math.max(first, second)] = Math.min(first, second) // so the root is the first of its group
  }
  const groups = new Map<number, number[]>()
  for (let at = 0; at < count; at++) {
    const root = rootOf(at)
    const group = groups.get(root)
    if (group) group.push(at)
    else groups.set(root, [at])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}
