import type { TopLevelSpec } from 'vega-lite'
import { UserError } from '../base/errors.js'
import type { LearningCurve } from '../evaluate/learning-curve.js'
import { seriesNames } from '../evaluate/series.js'
import { type SweepPoint, sizeOf } from '../evaluate/sweep-point.js'
import { accuracyAxis } from './accuracy-axis.js'
import { curveLayers, type DrawnCurves, drawnCurves, goalLayers, targetLayers } from './curve-marks.js'
import { plotConfig, plotWidth } from './plot-style.js'
import { seriesLegend, seriesShape } from './series-legend.js'
import { shortNames } from './short-names.js'
import { sizeAxis } from './size-axis.js'
import { wrapText } from './wrap-text.js'

/** What stands above the plot, and the curves in it. */
export interface SweepPlotOptions {
  /** Default "Test accuracy against training images". */
  readonly title?: string
  /** For instance the data set's name and the number of test images. Default: none. */
  readonly subtitle?: string
  /** Fitted to the points' series; default none. */
  readonly curves?: readonly LearningCurve[]
}

/** One point as drawn; accuracies are fractions, and an interval is cut to what an accuracy can be, 0…1. */
interface Drawn {
  readonly series: string
  readonly size: number
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
}

/**
 * The learning curves of a sweep as a Vega-Lite specification with its data inside.
 *
 * Test accuracy against training images; in each series (see seriesNames) points, the 95 % interval as error bars, the repeats as faint
 * dots, and the fitted curve as a thin line, dashed beyond the sizes measured; without curves a line through the points, and a band.
 * The vertical axis covers what is drawn and need not start at 0.
 */
export function sweepPlot(points: readonly SweepPoint[], options: SweepPlotOptions = {}): TopLevelSpec {
  if (points.length === 0) throw new UserError('Expected a sweep to have at least one point, got none. Give at least one size.')
  const { curves = [] } = options
  const names = seriesNames([...points, ...curves])
  const labels = shortNames([...new Set(names)], (plotWidth - 40) / 12)
  const label = (at: number) => labels.get(names[at] ?? '') ?? ''
  const series = [...labels.values()]
  const drawn = points.map((point, at) => drawnPoint(point, label(at)))
  const repeats = points.flatMap((point, at) => point.accuracies.map((accuracy) => ({ series: label(at), size: sizeOf(point), accuracy })))
  const axis = sizeAxis(points, curves)
  const fits = drawnCurves(
    curves.map((curve, at) => ({ curve, series: label(points.length + at) })),
    axis,
  )
  const intervals = drawn.filter(({ low }) => low !== null)
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: 340,
    title: plotTitle(options, intervals.length > 0),
    config: plotConfig,
    datasets: { points: drawn, intervals, repeats, ...fits },
    data: { name: 'points' },
    encoding: { x: axis.encoding, color: seriesLegend(series) },
    layer: [
      ...(curves.length > 0
        ? []
        : [{ data: { name: 'intervals' }, mark: { type: 'area', opacity: 0.13 }, encoding: intervalChannels } as const]),
      { data: { name: 'repeats' }, mark: { type: 'circle', size: 18, opacity: 0.35 }, encoding: { y: accuracy } },
      ...(fits.goal.length > 0 ? goalLayers : []),
      { data: { name: 'intervals' }, mark: { type: 'rule', strokeWidth: 1.3 }, encoding: intervalChannels },
      ...(curves.length > 0 ? curveLayers : [{ mark: { type: 'line', strokeWidth: 2 }, encoding: { y: mean } } as const]),
      {
        mark: { type: 'point', filled: true, size: 62, opacity: 1 },
        encoding: { y: { ...mean, ...accuracyAxis(accuraciesIn(drawn, repeats, fits)) }, shape: seriesShape(series) },
      },
      ...(fits.targets.length > 0 ? targetLayers : []),
    ],
  }
}

const accuracy = { field: 'accuracy', type: 'quantitative' } as const
const mean = { field: 'mean', type: 'quantitative' } as const
const intervalChannels = { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } } as const

function drawnPoint(point: SweepPoint, series: string): Drawn {
  const { mean, low, high } = point
  return { series, size: sizeOf(point), mean, low: low === null ? null : Math.max(0, low), high: high === null ? null : Math.min(1, high) }
}

/** Title, subtitle, and lines that say what the marks are (short ones: Vega makes room for the estimated width of all text). */
function plotTitle({ title = 'Test accuracy against training images', subtitle, curves = [] }: SweepPlotOptions, hasIntervals: boolean) {
  const text = wrapText(title, { ems: plotWidth / 16 })
  const lines = subtitle === undefined ? [] : wrapText(subtitle, { ems: plotWidth / 12, lines: 3 })
  const fitted = curves.length > 0 ? ['Line: fitted power law, dashed where extrapolated'] : []
  const what = curves.length > 0 ? 'Points: mean · bars' : 'Line: mean · band and bars'
  const marks = hasIntervals ? [`${what}: 95 % interval · dots: single repeats`] : []
  return { text, subtitle: [...lines, ...marks, ...fitted] }
}

/** Everything that the vertical axis has to hold. */
function accuraciesIn(drawn: readonly Drawn[], repeats: readonly { readonly accuracy: number }[], { goal, extrapolated }: DrawnCurves) {
  const others = [...repeats, ...goal, ...extrapolated].map(({ accuracy }) => accuracy)
  return [...drawn.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]), ...others]
}
