import type { FileRecord } from '../cache/file-table.js'
import type { Json } from '../cache/fingerprint.js'
import { defaultShardLimits, ShardWriter } from '../cache/shard-writer.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { CodeSession } from './code-session.js'
import { imageLoader } from './image-loader.js'
import { streamCodes } from './stream-codes.js'
import type { StreamOutcome } from './stream-job.js'
import type { Stock, TargetStock } from './take-stock.js'
import type { StreamTarget } from './target-stream.js'
import { batchSize } from './worker-setup.js'

/** Computes what is missing of a folder's codes, on the session's threads; its leases are given back, whatever happens. */
export async function startStream(session: CodeSession, stock: Stock, { root }: ScannedFolder): Promise<StreamOutcome> {
  const { catalog, leases, options, on } = session
  const { signal, onProgress, exclude } = options
  const kinds = stock.targets.map(({ target }) => target)
  const job = {
    load: imageLoader(root),
    todo: stock.todo,
    total: stock.selected.length,
    exclude,
    targets: stock.targets.map((target, which) => streamTarget(session, target, which)),
    leases,
    batch: batchSize(kinds, options.batch, on),
    signal,
    onProgress,
    onRead: (files: readonly FileRecord[]) => catalog.files.keepFiles(stock.dataset, files),
  }
  return streamCodes(job, async () => (await session.crew(kinds)).pool).finally(() => leases.releaseAll())
}

function streamTarget(session: CodeSession, { target, known }: TargetStock, which: number): StreamTarget {
  const { catalog, leases, options } = session
  const { dtype = 'float16', views = 1 } = options
  const { fingerprint, identity } = target
  const whole = { ...defaultShardLimits, ...options.shardLimits }
  // The views of an image are written side by side: together they shall take no more memory than one.
  const limits = { ...whole, bytes: Math.ceil(whole.bytes / views) }
  const writer = new ShardWriter(catalog, identity, { limits, made: () => made(session, which) })
  return { fingerprint, known, dtype, writer, onRefused: (images) => leases.release(fingerprint, images) }
}

/** What computes a kind of codes, as their shards record it. */
async function made(session: CodeSession, which: number): Promise<Json | undefined> {
  const on = (await session.runningCrew())?.on[which]
  return on && { ...on }
}
