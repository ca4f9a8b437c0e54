import type { TopLevelSpec } from 'vega-lite'
import type { Calibration } from '../evaluate/calibration.js'
import { plotConfig, plotWidth, seriesColours, seriesShapes } from './plot-style.js'
import { textEms } from './wrap-text.js'

/** Calibration of a run. */
export type NamedCalibration = Pick<Calibration, 'bins'> & { readonly name: string }

/** Share of right answers against their confidence, a line for each run; the diagonal is where they agree. */
export function calibrationPlot(runs: readonly NamedCalibration[]): TopLevelSpec {
  const values = runs.flatMap(({ name, bins }) => bins.map((bin) => ({ ...bin, run: name })))
  const names = runs.map(({ name }) => name)
  const axis = { format: '.0%', tickCount: 5 } as const
  const scale = { domain: [0, 1], nice: false }
  const x = { field: 'confidence', type: 'quantitative', title: 'Confidence', scale, axis } as const
  const y = { field: 'accuracy', type: 'quantitative', title: 'Right', scale, axis } as const
  const widest = Math.max(...names.map((name) => textEms(name) * 12))
  const legend =
    names.length === 1 ? null : ({ orient: 'bottom', labelLimit: 0, columns: Math.max(1, Math.floor(plotWidth / (widest + 40))) } as const)
  const color = { field: 'run', type: 'nominal', title: null, scale: { domain: names, range: [...seriesColours] }, legend } as const
  const shape = { ...color, scale: { domain: names, range: [...seriesShapes] } } as const
  const size = { field: 'count', type: 'quantitative', scale: { type: 'sqrt', range: [30, 300] }, legend: null } as const
  const ends = [0, 1].map((at) => ({ confidence: at, accuracy: at }))
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 380,
    height: 380,
    title: { text: 'Calibration', subtitle: ['15 bins of confidence · larger points: more images'] },
    config: plotConfig,
    layer: [
      { data: { values: ends }, mark: { type: 'line', strokeDash: [4, 3], strokeWidth: 1.2, color: '#888' }, encoding: { x, y } },
      { data: { values }, mark: { type: 'line', strokeWidth: 1.6 }, encoding: { x, y, color } },
      { data: { values }, mark: { type: 'point', filled: true, opacity: 0.85 }, encoding: { x, y, color, shape, size } },
    ],
  }
}
