import { join } from 'node:path'
import type { TopLevelSpec } from 'vega-lite'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { renderPlot } from './render-plot.js'

/** Writes a plot as NAME.svg and NAME.png into a folder; returns their paths. */
export async function writePlot(folder: string, name: string, spec: TopLevelSpec): Promise<string[]> {
  const { svg, png } = await renderPlot(spec)
  makeFolder(folder)
  const files = [`${name}.svg`, `${name}.png`].map((file) => join(folder, file))
  await writeAtomic(files[0] ?? '', `${svg}\n`)
  await writeAtomic(files[1] ?? '', png)
  return files
}
