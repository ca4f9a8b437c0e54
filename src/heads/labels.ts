/** Class of each sample, 0 … classes − 1. */
export type Labels = Uint16Array | Int32Array

/** Samples of each class, [classes]. */
export function classCounts(labels: Labels, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

/** Samples of which each output is true, [outputs], from their targets [samples, outputs] of 0 and 1. */
export function trueCounts(targets: Uint8Array, outputs: number): number[] {
  const counts = new Array<number>(outputs).fill(0)
  targets.forEach((target, at) => {
    if (target === 1) counts[at % outputs] = (counts[at % outputs] ?? 0) + 1
  })
  return counts
}
