import type { TopLevelSpec } from 'vega-lite'
import { toHeadName } from '../../heads/save-head.js'
import type { Html } from '../page/html.js'
import { plotFigure } from '../page/plot-figure.js'
import { renderSvg } from '../render-plot.js'

/** The plots of a report: drawn into the page, and kept to be written as files. */
export class Plots {
  readonly #specs = new Map<string, TopLevelSpec>()

  /** Keeps a plot; its name becomes one of a file that no other plot has. */
  add(name: string, spec: TopLevelSpec): void {
    const safe = toHeadName(name)
    const numbered = [safe, ...Array.from({ length: this.#specs.size }, (_, at) => `${safe}-${at + 2}`)]
    this.#specs.set(numbered.find((each) => !this.#specs.has(each)) ?? safe, spec)
  }

  /** The same, and draws it. @param text what it shows, for those who cannot see it. */
  async figure(name: string, spec: TopLevelSpec, text: string): Promise<Html> {
    this.add(name, spec)
    return plotFigure({ svg: await renderSvg(spec), text })
  }

  /** In the order of the page, by name. */
  all(): readonly (readonly [name: string, spec: TopLevelSpec])[] {
    return [...this.#specs]
  }
}
