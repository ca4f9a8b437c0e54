import type { Config } from 'vega-lite'

/** Width of the drawing area in CSS pixels, axes excluded. */
export const plotWidth = 580

/**
 * Colours that people with any common colour blindness tell apart (Okabe and Ito, "Color Universal Design", 2008), in an order
 * that keeps neighbours far apart; their yellow is left out because it is hard to see on white.
 */
export const seriesColours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00', '#000000'] as const

/** Five shapes and seven colours give 35 series their own pair. */
export const seriesShapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross'] as const

/** First the font that the PNG is drawn with, then fonts of the same widths and whatever a browser has. */
const font = 'DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif'

/** The look of every plot: white, few lines, one font. */
export const plotConfig: Config = {
  background: 'white',
  padding: 16,
  font,
  view: { stroke: null },
  title: { anchor: 'start', frame: 'bounds', fontSize: 16, subtitleFontSize: 12, subtitleColor: '#444', offset: 14, subtitlePadding: 6 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
    gridColor: '#e6e6e6',
    domainColor: '#888',
    tickColor: '#888',
    labelColor: '#333',
    titleColor: '#333',
  },
  legend: { labelFontSize: 12, labelColor: '#333', symbolSize: 80, offset: 14, columnPadding: 24 },
}
