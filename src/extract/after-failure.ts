import { attempt } from '../base/attempt.js'
import { UserError } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import { catalogError } from '../cache/catalog-error.js'
import { cachePaths } from '../cache/paths.js'
import type { StreamOutcome } from './stream-job.js'
import type { Stock } from './take-stock.js'

/**
 * Keeps the hashes of what was read before a run failed, so that the next one need not read it again.
 *
 * @returns the failure as the user can mend it, with how much is kept, if anything. Trouble with the keeping must not hide it.
 */
export function afterFailure(failure: unknown, catalog: Catalog, stock: Stock, { read }: Pick<StreamOutcome, 'read'>): unknown {
  const error = catalogError(cachePaths(catalog.cache).catalog, failure)
  attempt(() => catalog.files.keepFiles(stock.dataset, [...read.values()]))
  const kept = attempt(() => keptImages(catalog, stock, read))
  if (!(error instanceof UserError) || !kept) return error
  const [some, all] = [kept, stock.selected.length].map((count) => count.toLocaleString('en-US'))
  return new UserError(`${error.message} ${some} of ${all} images are coded and kept.`, error.exitCode)
}

/** Images of the run that have all their codes in a catalog that is still in its place. */
function keptImages(catalog: Catalog, { dataset, selected, todo, targets }: Stock, read: StreamOutcome['read']): number {
  catalog.checkPresence()
  const open = new Map(todo.map(({ path, image }) => [path, read.get(path)?.image ?? image]))
  // What the run did not get to counts as what it was.
  for (const { path, image } of catalog.files.each(dataset)) if (open.has(path)) open.set(path, open.get(path) ?? image)
  const isRefused = (path: string) => targets.some(({ known }) => known.refused.has(path))
  const settled = selected.filter(({ path }) => !open.has(path) && !isRefused(path)).length
  const isCoded = (image: string | undefined) => image !== undefined && targets.every((target) => target.known.has(image))
  return settled + [...open.values()].filter(isCoded).length
}
