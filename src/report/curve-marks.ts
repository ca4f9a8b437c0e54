import type { TopLevelSpec } from 'vega-lite'
import type { LearningCurve } from '../evaluate/learning-curve.js'
import { accuracyAt } from '../evaluate/power-law.js'
import type { SizeAxis } from './size-axis.js'

/** A place on a fitted curve. */
type CurvePlace = {
  readonly series: string
  readonly size: number
  readonly accuracy: number
  /** Of which pieces a line goes through the places. */
  readonly piece: 'below' | 'fitted' | 'above'
}

/** Where a curve reaches the target, with the interval of that as far as it is drawn. */
type TargetPlace = Omit<CurvePlace, 'piece'> & { readonly from: number; readonly to: number }

/** Fitted curves as data for the plot. */
export type DrawnCurves = {
  /** Between the sizes that were measured. */
  readonly fitted: CurvePlace[]
  readonly extrapolated: CurvePlace[]
  readonly targets: TargetPlace[]
  /** The accuracy that was asked for, if one was. */
  readonly goal: { readonly accuracy: number; readonly label: string }[]
}

interface NamedCurve {
  readonly curve: LearningCurve
  readonly series: string
}

export function drawnCurves(curves: readonly NamedCurve[], axis: Pick<SizeAxis, 'from' | 'to'>): DrawnCurves {
  const goal = curves[0]?.curve.target?.accuracy
  return {
    fitted: curves.flatMap((one) => piece(one, 'fitted', [one.curve.from, one.curve.to])),
    extrapolated: curves.flatMap((one) => [
      ...piece(one, 'below', [axis.from, one.curve.from]),
      ...piece(one, 'above', [one.curve.to, axis.to]),
    ]),
    targets: curves.flatMap((one) => targetPlace(one, axis, curves.length === 1)),
    goal: goal === undefined ? [] : [{ accuracy: goal, label: `${Number((goal * 100).toFixed(2))} %` }],
  }
}

const STEPS = 60

/** Places on a curve, the logarithms of their sizes evenly spaced; none where the piece has no length. */
function piece({ curve, series }: NamedCurve, piece: CurvePlace['piece'], [from, to]: readonly [number, number]): CurvePlace[] {
  if (from >= to) return []
  const sizes = Array.from({ length: STEPS + 1 }, (_, k) => from * (to / from) ** (k / STEPS))
  return sizes.map((size) => ({ series, size, accuracy: accuracyAt(curve, size), piece }))
}

/** @param alone draws the interval: those of several curves would cover one another. */
function targetPlace({ curve: { target }, series }: NamedCurve, axis: Pick<SizeAxis, 'from' | 'to'>, alone: boolean): TargetPlace[] {
  const size = target?.perClass ?? target?.total ?? Number.POSITIVE_INFINITY
  if (!target || size > axis.to) return []
  const { low, high, accuracy } = target
  if (low === null || !alone) return [{ series, size, accuracy, from: size, to: size }]
  return [{ series, size, accuracy, from: Math.max(axis.from, low), to: Math.min(axis.to, high ?? axis.to) }]
}

const y = { field: 'accuracy', type: 'quantitative' } as const
const detail = { field: 'piece', type: 'nominal' } as const
const grey = { value: '#666' } as const

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number]

/** Lines, dashed where extrapolated. */
export const curveLayers: readonly Layer[] = [
  { data: { name: 'fitted' }, mark: { type: 'line', strokeWidth: 1.4 }, encoding: { y, detail } },
  { data: { name: 'extrapolated' }, mark: { type: 'line', strokeWidth: 1.4, strokeDash: [5, 4] }, encoding: { y, detail } },
]

/** The target as a dotted line with its accuracy. */
export const goalLayers: readonly Layer[] = [
  {
    data: { name: 'goal' },
    mark: { type: 'rule', strokeDash: [2, 3] },
    encoding: { y, x: { value: 0 }, x2: { value: 'width' }, color: grey },
  },
  {
    data: { name: 'goal' },
    mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 4, dy: -3, fontSize: 11 },
    encoding: { y, x: { value: 0 }, text: { field: 'label', type: 'nominal' }, color: grey },
  },
]

/** A ring where a curve reaches the target, with its interval. */
export const targetLayers: readonly Layer[] = [
  {
    data: { name: 'targets' },
    mark: { type: 'rule', strokeWidth: 1.3 },
    encoding: { y, x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
  },
  {
    data: { name: 'targets' },
    mark: { type: 'point', filled: false, fill: 'white', size: 62, strokeWidth: 1.6, opacity: 1 },
    encoding: { y },
  },
]
