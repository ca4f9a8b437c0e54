import { plotWidth, seriesColours, seriesShapes } from './plot-style.js'
import { textEms } from './wrap-text.js'

/** A colour for each series, and a legend below the plot with as many columns as fit. */
export function seriesLegend(names: readonly string[]) {
  const widest = names.reduce((width, name) => Math.max(width, textEms(name) * 12), 0)
  return {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: [...names], range: [...seriesColours] },
    legend: { orient: 'bottom', columns: Math.max(1, Math.floor(plotWidth / (widest + 40))), labelLimit: 0, symbolOpacity: 1 },
  } as const
}

/** A shape for each series. */
export function seriesShape(names: readonly string[]) {
  return { field: 'series', type: 'nominal', scale: { domain: [...names], range: [...seriesShapes] } } as const
}
