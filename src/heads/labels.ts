/** Class of each sample, 0 … classes − 1. */
export type Labels = Uint16Array | Int32Array

/** Samples of each class, [classes]. */
export function classCounts(labels: Labels, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}
