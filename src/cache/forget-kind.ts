import type { Catalog } from './catalog.js'
import type { FingerprintRecord } from './code-table.js'
import { removeGrams } from './gram-file.js'

/**
 * Forgets the runs, the quarantine and the Gram matrices of a kind that has no code left. Its fingerprint and its folder stay: processes
 * at work may hold its number, which must never come to mean another one, or be about to write a shard.
 *
 * @returns whether it had no code left, and the bytes of its matrices.
 */
export function forgetKind({ cache, database }: Catalog, { id, digest }: FingerprintRecord): { forgotten: boolean; bytes: number } {
  const isKept = database.prepare('SELECT 1 FROM shard WHERE fingerprint = ? LIMIT 1')
  const forgetRuns = database.prepare('DELETE FROM run WHERE fingerprint = ?')
  const forgetQuarantine = database.prepare('DELETE FROM quarantine WHERE fingerprint = ?')
  const forget = database.transaction((): boolean => {
    if (isKept.get(id) !== undefined) return false
    forgetRuns.run(id)
    forgetQuarantine.run(digest)
    return true
  })
  if (!forget.immediate()) return { forgotten: false, bytes: 0 }
  return { forgotten: true, bytes: removeGrams(cache, digest) }
}
