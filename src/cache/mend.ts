import { basename } from 'node:path'
import { cacheOption } from './cache-option.js'
import type { Catalog } from './catalog.js'
import { tidyKind } from './tidy-kind.js'

/**
 * Brings catalog and shards of a fingerprint together again, before codes of it are asked for.
 *
 * @returns what was done or could not be, a sentence each.
 */
export function mend(catalog: Catalog, fingerprint: string): string[] {
  const { lost, adopted, damaged } = tidyKind(catalog, fingerprint)
  const files = (count: number) => (count === 1 ? '1 file' : `${count} files`)
  return [
    ...(lost > 0
      ? [`${files(lost)} of codes of the cache ${lost === 1 ? 'is' : 'are'} gone or cut: what was in them is computed again.`]
      : []),
    ...(adopted > 0 ? [`${files(adopted)} of codes that an interrupted run had left ${adopted === 1 ? 'is' : 'are'} taken up.`] : []),
    ...damaged.map(
      ({ path, reason }) =>
        `${basename(path)} is not used: ${reason}. npm run cache -- verify --repair${cacheOption(catalog.cache)} takes it away.`,
    ),
  ]
}
