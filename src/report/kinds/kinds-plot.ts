import { basename } from 'node:path'
import type { TopLevelSpec } from 'vega-lite'
import { kindNames, poolName } from '../../evaluate/compared-kind.js'
import { accuracyAxis } from '../accuracy-axis.js'
import { plotConfig, plotWidth, seriesShapes } from '../plot-style.js'
import { seriesLegend } from '../series-legend.js'
import { shortNames } from '../short-names.js'
import { wrapText } from '../wrap-text.js'
import type { KindsComparison } from './kinds-comparison.js'

/** A row as drawn; an interval is cut to what an accuracy can be, 0…1. */
interface Drawn {
  readonly series: string
  readonly pool: string
  readonly speed: number
  readonly accuracy: number
  readonly low: number | null
  readonly high: number | null
  readonly pareto: boolean
}

/**
 * Accuracy with its interval against images per second as a Vega-Lite specification: colours for the codes, shapes for the pools, the
 * Pareto set filled and joined by a line. Rows whose speed is not known cannot be drawn; undefined where there is no other.
 */
export function kindsPlot(comparison: KindsComparison): TopLevelSpec | undefined {
  const drawn = drawnRows(comparison)
  if (drawn.length === 0) return undefined
  const series = [...new Set(drawn.map((row) => row.series))]
  const values = drawn.flatMap(({ accuracy, low, high }) => [accuracy, low ?? accuracy, high ?? accuracy])
  const y = { field: 'accuracy', type: 'quantitative', ...accuracyAxis(values) } as const
  const x = speedAxis(drawn.map(({ speed }) => speed))
  const color = seriesLegend(series)
  const shape = poolShape([...new Set(drawn.map(({ pool }) => pool))])
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: 340,
    title: titleOf(comparison, drawn),
    config: plotConfig,
    datasets: {
      rows: drawn,
      intervals: drawn.filter(({ low }) => low !== null),
      best: drawn.filter(({ pareto }) => pareto),
      others: drawn.filter(({ pareto }) => !pareto),
    },
    data: { name: 'rows' },
    encoding: { x },
    layer: [
      {
        data: { name: 'best' },
        mark: { type: 'line', color: '#888', strokeWidth: 1.5, strokeDash: [5, 3] },
        encoding: { y, order: { field: 'speed', type: 'quantitative' } },
      },
      {
        data: { name: 'intervals' },
        mark: { type: 'rule', strokeWidth: 1.3 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { data: { name: 'others' }, mark: { type: 'point', filled: false, ...pointStyle }, encoding: { y, color, shape } },
      { data: { name: 'best' }, mark: { type: 'point', filled: true, ...pointStyle }, encoding: { y, color, shape } },
    ],
  }
}

const pointStyle = { size: 80, strokeWidth: 1.8, opacity: 1 } as const

/** A shape for each pool, told where there are several. */
function poolShape(pools: readonly string[]) {
  const legend = pools.length > 1 ? ({ orient: 'bottom', symbolStrokeColor: '#333' } as const) : null
  return { field: 'pool', type: 'nominal', title: null, scale: { domain: [...pools], range: [...seriesShapes] }, legend } as const
}

function drawnRows({ rows }: KindsComparison): Drawn[] {
  const names = kindNames(rows)
  const labels = shortNames([...new Set(names)], (plotWidth - 40) / 12)
  return rows.flatMap((row, at): Drawn[] => {
    const { accuracy, low, high, imagesPerSecond, pareto } = row
    if (imagesPerSecond === null) return []
    const interval = { low: low === null ? null : Math.max(0, low), high: high === null ? null : Math.min(1, high) }
    return [{ series: labels.get(names[at] ?? '') ?? '', pool: poolName(row), speed: imagesPerSecond, accuracy, ...interval, pareto }]
  })
}

/** Speeds that differ by more than this are drawn by their logarithms. */
const WIDE = 5

function speedAxis(speeds: readonly number[]) {
  const lowest = speeds.reduce((a, b) => Math.min(a, b))
  const highest = speeds.reduce((a, b) => Math.max(a, b))
  const domain = [lowest * 0.9, highest * 1.1]
  const isWide = highest / lowest > WIDE
  return {
    field: 'speed',
    type: 'quantitative',
    title: `Images per second${isWide ? ' (logarithmic scale)' : ''}`,
    scale: { type: isWide ? 'log' : 'linear', domain, zero: false, nice: true },
    axis: { tickCount: 6, format: '~s', grid: false },
  } as const
}

function titleOf({ rows, data, classes, test }: KindsComparison, drawn: readonly Drawn[]) {
  const hidden = rows.length - drawn.length
  const about = wrapText(`${basename(data)}: ${classes} classes, ${test} test images of each split`, { ems: plotWidth / 12, lines: 3 })
  const bars = drawn.some(({ low }) => low !== null) ? ' · bars: 95 % interval' : ''
  const marks = `Filled, joined by the line: the Pareto set of accuracy, speed and disk${bars}`
  return {
    text: 'Test accuracy against speed',
    subtitle: [...about, marks, ...(hidden > 0 ? [`Not drawn: ${hidden} of ${rows.length} rows, whose speed is not known`] : [])],
  }
}
