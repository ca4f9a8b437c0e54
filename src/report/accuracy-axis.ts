/** Axis of a test accuracy as a percentage; the domain holds every value, at least 2 points of a percentage, and stays within 0…100 %. */
export function accuracyAxis(values: readonly number[]) {
  const lowest = values.reduce((a, b) => Math.min(a, b))
  const highest = values.reduce((a, b) => Math.max(a, b))
  const margin = Math.max(0.01, (highest - lowest) * 0.04)
  const domain = [Math.max(0, lowest - margin), Math.min(1, highest + margin)]
  return {
    title: 'Test accuracy',
    scale: { domain, zero: false, nice: true },
    axis: { format: highest - lowest < 0.05 ? '.1%' : '.0%', tickCount: 5 },
  } as const
}
