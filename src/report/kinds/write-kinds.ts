import { basename, dirname, join } from 'node:path'
import { messageOf, UserError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { writeAtomic } from '../../base/write-atomic.js'
import { writeRemedy } from '../../base/write-remedy.js'
import { renderPlot } from '../render-plot.js'
import type { KindsComparison } from './kinds-comparison.js'
import { kindsCsv } from './kinds-csv.js'
import { kindsPage } from './kinds-page.js'
import { kindsPlot } from './kinds-plot.js'

/**
 * Writes a comparison as FILE.html, and beside it .csv, .json and (where a speed is known) .svg and .png, all of one name.
 *
 * @param out ends with .html
 * @returns their paths
 * @throws UserError where one cannot be written.
 */
export async function writeKinds(
  out: string,
  comparison: KindsComparison,
  { command, versions }: { readonly command: string | null; readonly versions: Readonly<Record<string, unknown>> },
): Promise<string[]> {
  const spec = kindsPlot(comparison)
  const drawn = spec && (await renderPlot(spec))
  const json = { ...comparison, versions, command }
  const files: readonly (readonly [ending: string, content: string | Buffer])[] = [
    ['.html', kindsPage(comparison, { svg: drawn?.svg, command })],
    ...(drawn
      ? ([
          ['.svg', `${drawn.svg}\n`],
          ['.png', drawn.png],
        ] as const)
      : []),
    ['.csv', kindsCsv(comparison.rows)],
    ['.json', `${JSON.stringify(json, null, 2)}\n`],
  ]
  const paths = files.map(([ending, content]) => ({ path: join(dirname(out), `${basename(out, '.html')}${ending}`), content }))
  try {
    makeFolder(dirname(out))
    for (const { path, content } of paths) await writeAtomic(path, content)
  } catch (error) {
    throw new UserError(
      `Expected to write the comparison to ${out}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again.`,
    )
  }
  return paths.map(({ path }) => path)
}
