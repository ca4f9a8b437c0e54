import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../base/errors.js'
import { cachePaths } from '../../cache/paths.js'
import { quotedList } from '../../evaluate/quoted-list.js'
import { isRunFolder, loadRun } from './load-run.js'
import type { SavedRun } from './saved-run.js'

/**
 * The runs that are named: folders of the cache's heads, or of its sweeps, or paths; without a name the head that was saved last.
 *
 * @throws UserError that names what there is.
 */
export function findRuns(cache: string, names: readonly string[]): SavedRun[] {
  const places = names.length > 0 ? [...new Set(names)].map((name) => placeOf(cache, name)) : [lastHead(cache)]
  return places.map(loadRun).map((run, at, all) => {
    const before = all.slice(0, at).filter(({ name }) => name === run.name).length
    return before === 0 ? run : { ...run, name: `${run.name} (${before + 1})` }
  })
}

function placeOf(cache: string, name: string): string {
  const { heads, sweeps } = cachePaths(cache)
  const isName = !/[\\/]/.test(name) && name !== '.' && name !== '..'
  const found = (isName ? [join(heads, name), join(sweeps, name)] : []).find(isRunFolder) ?? (existsSync(name) ? name : undefined)
  if (found !== undefined) return found
  const known = [heads, sweeps].flatMap((folder) => runsIn(folder).map(({ name }) => name))
  throw new UserError(
    `Expected a saved head or a sweep named "${name}" in ${cache}, found ${known.length === 0 ? 'none' : quotedList(known)}. Name one of them, or a path; train-head and sweep-samples make them.`,
  )
}

function lastHead(cache: string): string {
  const { heads } = cachePaths(cache)
  const [last] = runsIn(heads).sort((a, b) => b.saved - a.saved)
  if (!last) throw new UserError(`Expected a saved head in ${heads}, found none. Make one with: npm run train-head -- --data DIR`)
  return join(heads, last.name)
}

function runsIn(folder: string): { readonly name: string; readonly saved: number }[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => isRunFolder(join(folder, name)))
  return names.map((name) => ({ name, saved: savedAt(join(folder, name)) }))
}

function savedAt(folder: string): number {
  return statSync(join(folder, 'head.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
