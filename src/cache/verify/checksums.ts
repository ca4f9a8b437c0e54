import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { tryReadShard, type WholeShard } from '../read-shard.js'
import type { Problem } from './problem.js'
import { rowsDigest, type ShardFacts, type VerifyScope, type VerifyStep } from './scope.js'
import { isForbidden } from './structure.js'

/** Every shard by itself: that it is what its name says, and every row what its CRC says. One is in memory at a time. */
export const checksums: VerifyStep = { name: 'checksums', run: checkShards }

async function checkShards({ codes, listing: { shards }, whole, onProgress, signal }: VerifyScope): Promise<Problem[]> {
  const problems: Problem[] = []
  const started = performance.now()
  let read = 0
  for (const [at, { path, bytes }] of shards.entries()) {
    await setImmediate() // lets Ctrl-C in
    signal?.throwIfAborted()
    const refuse = (reason: string) => problems.push({ file: path, kind: 'bad', reason, mend: 'put-aside' })
    const full = join(codes, path)
    // One that cannot be read is the step `structure`'s; one that is gone, as compaction removes them, is missed where the catalog has it.
    const shard = isForbidden(full) ? undefined : tryReadShard(full, (reason) => existsSync(full) && refuse(reason))
    if (shard) whole.set(path, factsOf(path, shard))
    read += bytes
    onProgress(at + 1, shards.length, read / ((performance.now() - started) / 1000))
  }
  return problems
}

function factsOf(path: string, { view, record: { digest, dtype, bytes, codesAt } }: WholeShard): ShardFacts {
  const { shape, rows, metadata } = view
  return { digest, fingerprint: dirname(path), shape, dtype, rows, bytes, codesAt, made: metadata.made, rowsDigest: rowsDigest(view) }
}

/** The path below the folder of codes by which facts of a shard are kept. */
export const shardFile = (fingerprint: string, digest: string) => `${fingerprint}/${digest}.arrow`
