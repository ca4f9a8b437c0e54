import type { TopLevelSpec } from 'vega-lite'
import { UserError } from '../base/errors.js'
import type { FittedCurve } from '../evaluate/learning-curve.js'
import { type SweepPoint, sizeOf } from '../evaluate/sweep-point.js'
import { curveLines } from './curve-lines.js'
import { plotConfig, plotWidth, seriesColours, seriesShapes } from './plot-style.js'
import { seriesNames } from './series.js'
import { shortNames } from './short-names.js'
import { textEms, wrapText } from './wrap-text.js'

/** What stands above the plot. */
export interface SweepPlotOptions {
  /** Default "Test accuracy against training images". */
  readonly title?: string
  /** For instance the data set's name and the number of test images. Default: none. */
  readonly subtitle?: string
  /** Fitted power laws, drawn behind the points. */
  readonly curves?: readonly FittedCurve[]
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
 * Test accuracy against training images per class; in each series (see seriesNames) a line with points, the 95 % interval as a
 * band and as error bars, the repeats as faint dots. The horizontal axis has a tick at each size used and is logarithmic
 * where the sizes would be crowded otherwise; the vertical one covers what is drawn and need not start at 0.
 */
export function sweepPlot(points: readonly SweepPoint[], options: SweepPlotOptions = {}): TopLevelSpec {
  if (points.length === 0) throw new UserError('Expected a sweep to have at least one point, got none. Give at least one size.')
  const names = seriesNames(points)
  const labels = shortNames([...new Set(names)], (plotWidth - 40) / 12)
  const labelOf = (index: number) => labels.get(names[index] ?? '') ?? ''
  const drawn = points.map((point, index) => drawnPoint(point, labelOf(index)))
  const sizes = [...new Set(points.map(sizeOf))].sort((a, b) => a - b)
  const intervals = drawn.filter(({ low }) => low !== null)
  const repeats = drawn.flatMap(({ series, size }, index) =>
    (points[index]?.accuracies ?? []).map((accuracy) => ({ series, size, accuracy })),
  )
  const fits = curveLines(options.curves ?? [], { points, labelOf, sizes })
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: 340,
    title: plotTitle(options, intervals.length > 0, fits.lines.length > 0),
    config: plotConfig,
    datasets: { points: [...drawn], intervals, repeats, fits: fits.lines },
    data: { name: 'points' },
    encoding: {
      x: sizeAxis(
        [...sizes, ...fits.sizes],
        points.some(({ total }) => total !== null),
      ),
      color: seriesLegend([...labels.values()]),
    },
    layer: [
      { data: { name: 'intervals' }, mark: { type: 'area', opacity: 0.13 }, encoding: intervalChannels },
      {
        data: { name: 'repeats' },
        mark: { type: 'circle', size: 18, opacity: 0.35 },
        encoding: { y: { field: 'accuracy', type: 'quantitative' } },
      },
      { data: { name: 'intervals' }, mark: { type: 'rule', strokeWidth: 1.3 }, encoding: intervalChannels },
      {
        data: { name: 'fits' },
        mark: { type: 'line', strokeWidth: 1, opacity: 0.7, strokeDash: [4, 3] },
        encoding: { y: { field: 'accuracy', type: 'quantitative' } },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { y: accuracyAxis(drawn, repeats) } },
      {
        mark: { type: 'point', filled: true, size: 62, opacity: 1 },
        encoding: { y: { field: 'mean', type: 'quantitative' }, shape: seriesShape([...labels.values()]) },
      },
    ],
  }
}

const intervalChannels = { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } } as const

function drawnPoint(point: SweepPoint, series: string): Drawn {
  const { mean, low, high } = point
  return { series, size: sizeOf(point), mean, low: low === null ? null : Math.max(0, low), high: high === null ? null : Math.min(1, high) }
}

/** Title, subtitle, and a line that says what the marks are (a short one: Vega makes room for the estimated width of all text). */
function plotTitle(options: SweepPlotOptions, hasIntervals: boolean, hasFits: boolean) {
  const { title = 'Test accuracy against training images', subtitle } = options
  const text = wrapText(title, { ems: plotWidth / 16 })
  const lines = subtitle === undefined ? [] : wrapText(subtitle, { ems: plotWidth / 12, lines: 3 })
  const marks = hasIntervals ? ['Line: mean · band and bars: 95 % interval · dots: single repeats'] : []
  return { text, subtitle: [...lines, ...marks, ...(hasFits ? ['Dashed: fitted power law'] : [])] }
}

/** Training images, with a tick at each size of the sweep and each target beyond. */
function sizeAxis(all: readonly number[], inAll: boolean) {
  const sizes = [...new Set(all)].sort((a, b) => a - b)
  const first = sizes[0] ?? 1
  const last = sizes.at(-1) ?? first
  const log = isCrowded(sizes)
  const margin = log ? 1.15 : Math.max(1, (last - first) * 0.05)
  const domain = log ? [first / margin, last * margin] : [first - margin, last + margin]
  const values = [...sizes]
  return {
    field: 'size',
    type: 'quantitative',
    title: `Training images${inAll ? '' : ' per class'}${log ? ' (logarithmic scale)' : ''}`,
    scale: { type: log ? 'log' : 'linear', domain, nice: false },
    axis: { values, format: ',d', labelOverlap: 'greedy', grid: false, tickSize: 5 },
  } as const
}

/** On a linear axis two neighbours would be closer than a label is wide. */
function isCrowded(sizes: readonly number[]): boolean {
  const span = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0)
  return sizes.some((size, index) => index > 0 && size - (sizes[index - 1] ?? 0) < span * 0.04)
}

/** Test accuracy as a percentage; the domain holds every mark, at least 2 points of a percentage, and stays within 0…100 %. */
function accuracyAxis(drawn: readonly Drawn[], repeats: readonly { readonly accuracy: number }[]) {
  const values = [...drawn.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]), ...repeats.map(({ accuracy }) => accuracy)]
  const lowest = values.reduce((a, b) => Math.min(a, b))
  const highest = values.reduce((a, b) => Math.max(a, b))
  const margin = Math.max(0.01, (highest - lowest) * 0.04)
  const domain = [Math.max(0, lowest - margin), Math.min(1, highest + margin)]
  return {
    field: 'mean',
    type: 'quantitative',
    title: 'Test accuracy',
    scale: { domain, zero: false, nice: true },
    axis: { format: highest - lowest < 0.05 ? '.1%' : '.0%', tickCount: 5 },
  } as const
}

function seriesLegend(names: readonly string[]) {
  const widest = names.reduce((width, name) => Math.max(width, textEms(name) * 12), 0)
  return {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: [...names], range: [...seriesColours] },
    legend: { orient: 'bottom', columns: Math.max(1, Math.floor(plotWidth / (widest + 40))), labelLimit: 0, symbolOpacity: 1 },
  } as const
}

function seriesShape(names: readonly string[]) {
  return { field: 'series', type: 'nominal', scale: { domain: [...names], range: [...seriesShapes] } } as const
}
