import { createRequire } from 'node:module'
import type { TopLevelSpec } from 'vega-lite'

/** One picture in two formats. */
export interface RenderedPlot {
  readonly svg: string
  /** The same picture at twice the size in pixels, on white. */
  readonly png: Buffer
}

/** The only fonts a PNG is drawn with, so that it looks the same everywhere. DejaVu has no Chinese, Japanese or Korean characters. */
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'] as const

/**
 * Draws a Vega-Lite specification without a browser, a canvas or the system's fonts.
 *
 * Vega escapes every text of the specification; characters that XML forbids are taken out of the SVG. Vega, Vega-Lite and resvg
 * are loaded here and nowhere else: they take a third of a second.
 */
export async function renderPlot(spec: TopLevelSpec): Promise<RenderedPlot> {
  const svg = await renderSvg(spec)
  const { renderAsync } = await import('@resvg/resvg-js')
  const image = await renderAsync(svg, { fitTo: { mode: 'zoom', value: 2 }, background: 'white', font: plotFonts() })
  return { svg, png: image.asPng() }
}

/** The fonts for resvg: families, and where the package has their files. */
export function plotFonts() {
  const { resolve } = createRequire(import.meta.url)
  const files = fontFiles.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`))
  return { loadSystemFonts: false, fontFiles: files, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' }
}

/** The SVG alone, as `renderPlot` draws it. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' })
  try {
    return withoutForbidden(await view.toSVG())
  } finally {
    view.finalize()
  }
}

/** Source: Extensible Markup Language (XML) 1.0, section 2.2, production Char. */
function withoutForbidden(xml: string): string {
  return xml.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
}
