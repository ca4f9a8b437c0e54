import { FAR, type LearningCurve } from '../evaluate/learning-curve.js'
import { type SweepPoint, sizeOf } from '../evaluate/sweep-point.js'

/** The horizontal axis of a sweep. */
export interface SizeAxis {
  /** Ends of what is drawn, without margins: the sizes measured, and those of targets that are not far. */
  readonly from: number
  readonly to: number
  /** As Vega-Lite's encoding of x. */
  readonly encoding: ReturnType<typeof encodingOf>
}

/** Training images per class, or in all, with a tick at each size of the sweep and of a target; logarithmic where ticks would be crowded. */
export function sizeAxis(points: readonly SweepPoint[], curves: readonly LearningCurve[]): SizeAxis {
  const measured = points.map(sizeOf)
  const largest = Math.max(...measured)
  const asked = curves.flatMap(({ target }) => target?.perClass ?? target?.total ?? []).filter((size) => size <= FAR * largest)
  const sizes = [...new Set(measured)].sort((a, b) => a - b)
  const ends = { from: Math.min(...measured, ...asked), to: Math.max(largest, ...asked) }
  const ticks = [...new Set([...sizes, ...asked])].sort((a, b) => a - b)
  return { ...ends, encoding: encodingOf(ticks, ends, { log: isCrowded(sizes, ends), title: titleOf(points) }) }
}

function titleOf(points: readonly SweepPoint[]): string {
  if (points.some(({ total }) => total !== null)) return 'Training images'
  return `Training images per class${points.some(({ shortClasses }) => shortClasses > 0) ? ', mean over the classes' : ''}`
}

function encodingOf(sizes: readonly number[], { from, to }: { from: number; to: number }, { log, title }: { log: boolean; title: string }) {
  const values = [...sizes]
  const margin = log ? 1.15 : Math.max(1, (to - from) * 0.05)
  return {
    field: 'size',
    type: 'quantitative',
    title: log ? `${title} (logarithmic scale)` : title,
    scale: { type: log ? 'log' : 'linear', domain: log ? [from / margin, to * margin] : [from - margin, to + margin], nice: false },
    axis: { values, format: ',d', labelOverlap: 'greedy', grid: false, tickSize: 5 },
  } as const
}

/** On a linear axis two neighbours would be closer than a label is wide. */
function isCrowded(sizes: readonly number[], { from, to }: { from: number; to: number }): boolean {
  return sizes.some((size, index) => index > 0 && size - (sizes[index - 1] ?? 0) < (to - from) * 0.04)
}
