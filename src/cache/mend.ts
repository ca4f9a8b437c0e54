import { adoptOrphans } from './adopt-orphans.js'
import type { Catalog } from './catalog.js'
import { enterAgain } from './enter-again.js'
import { forgetLostShards } from './forget-lost-shards.js'

/**
 * Brings catalog and shards of a fingerprint together again after a crash or a lost file, before codes of it are asked for.
 *
 * @returns what was done or could not be, a sentence each.
 */
export function mend(catalog: Catalog, fingerprint: string): string[] {
  const lost = forgetLostShards(catalog, fingerprint).length
  const record = lost > 0 ? catalog.codes.find(fingerprint) : undefined
  if (record) enterAgain(catalog, record)
  const { adopted, refused } = adoptOrphans(catalog, fingerprint)
  const files = (count: number) => (count === 1 ? '1 file' : `${count} files`)
  return [
    ...(lost > 0
      ? [`${files(lost)} of codes of the cache ${lost === 1 ? 'is' : 'are'} gone or cut: what was in them is computed again.`]
      : []),
    ...(adopted > 0 ? [`${files(adopted)} of codes that an interrupted run had left ${adopted === 1 ? 'is' : 'are'} taken up.`] : []),
    ...refused.map(({ shard, reason }) => `${shard}.arrow is not used: ${reason}. npm run cache -- verify --repair takes it away.`),
  ]
}
