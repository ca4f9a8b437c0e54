import { type Html, html, trustedHtml } from './html.js'

export interface PlotFigure {
  /** As a plot's `renderPlot` draws it: its texts are escaped there. */
  readonly svg: string
  /** What it shows, in a sentence, for those who cannot see it; each figure of a page its own. */
  readonly text: string
}

/** A plot in the page. The style sheet turns its greys and its white for dark readers; it scrolls by itself where it is too wide. */
export function plotFigure({ svg, text }: PlotFigure): Html {
  const hidden = svg.replace(/^<svg /, '<svg aria-hidden="true" focusable="false" ')
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Plot, scrollable"><div class="plot" role="img" aria-label="${text}">${trustedHtml(hidden)}</div></div>
`
}
