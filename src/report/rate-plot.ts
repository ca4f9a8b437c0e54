import type { TopLevelSpec } from 'vega-lite'
import type { RatePoint } from '../heads/network/find-rate.js'
import { plotConfig, plotWidth, seriesColours } from './plot-style.js'

/** Smoothed loss against the learning rate, on a logarithmic scale, the suggested rate marked. */
export function ratePlot(points: readonly RatePoint[], { title, suggestion }: { title: string; suggestion: number | null }): TopLevelSpec {
  const x = {
    field: 'lr',
    type: 'quantitative',
    title: 'Learning rate',
    scale: { type: 'log' },
    axis: { format: '.0e', grid: false, labelOverlap: true },
  } as const
  const y = { field: 'loss', type: 'quantitative', title: 'Smoothed loss', scale: { zero: false } } as const
  const marked = points.filter(({ lr }) => lr === suggestion)
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: 300,
    title: { text: title, subtitle: suggestion === null ? [] : [`Suggested: ${suggestion.toPrecision(2)}`] },
    config: plotConfig,
    layer: [
      { data: { values: [...points] }, mark: { type: 'line', strokeWidth: 2, color: seriesColours[0] }, encoding: { x, y } },
      {
        data: { values: marked },
        mark: { type: 'point', filled: true, size: 110, color: seriesColours[1], opacity: 1 },
        encoding: { x, y },
      },
    ],
  }
}
