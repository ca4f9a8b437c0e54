import type { Redis } from 'ioredis'
import { usageError } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import type { QuarantineRecord } from '../cache/file-table.js'
import { mend } from '../cache/mend.js'
import { openStore } from '../cache/store/open-store.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import { checkOptions } from '../extract/check-options.js'
import { CodeSession } from '../extract/code-session.js'
import { finishRound, type Round } from '../extract/finish-round.js'
import { type Stock, takeStock } from '../extract/take-stock.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { scanImages } from '../images/scan-images.js'
import { type Coordinated, Coordinator } from './coordinator.js'
import { describeRun } from './describe-run.js'
import { enterEarlier } from './enter-earlier.js'
import { LeaseQueue } from './lease-queue.js'
import type { QueueCodesOptions, QueueCodesResult } from './options.js'
import { RunBoard } from './run-board.js'
import { Tally } from './tally.js'
import { withRedis } from './with-redis.js'

/** Images of the largest lease: its report and its codes are held in memory whole. */
const largestLease = 4096

/** Seconds; less would take every pause of a machine for its death. */
const leastPatience = 2

/**
 * The slow stage with workers on any number of machines (`runWorker`): scans, hands out what is missing in leases, and enters what
 * comes back. Only this process writes the catalog, which lies on a disk of its own machine. Whatever stops it or a worker, the same
 * call goes on: reports wait in the queue until they are entered.
 *
 * @throws UserError as `extractCodes` does, and where the queue or the shared location cannot be used.
 */
export async function queueCodes(options: QueueCodesOptions): Promise<QueueCodesResult> {
  const started = performance.now()
  const { data = 'data', cache = 'cache', queue: given, shared = cache, lease = 1, patience = leastPatience } = checkOptions(options)
  if (!Number.isSafeInteger(lease) || lease < 1 || lease > largestLease)
    throw usageError('--lease', `a whole number from 1 to ${largestLease}`, lease)
  if (!(patience >= leastPatience)) throw usageError('--patience', `${leastPatience} seconds or more`, patience)
  return withRedis(given, options.onNote, async (redis) => {
    const store = await openStore(shared)
    const scanned = await scanImages(data, cache)
    return withCatalogErrors(cache, async () => {
      const session = await CodeSession.open(options)
      try {
        return await codeThrough(redis, session, { scanned, store, options, started })
      } finally {
        await session.close()
      }
    })
  })
}

interface QueuedRun {
  readonly scanned: ScannedFolder
  readonly store: SharedStore
  readonly options: QueueCodesOptions
  /** By performance.now(). */
  readonly started: number
}

async function codeThrough(redis: Redis, session: CodeSession, queued: QueuedRun): Promise<QueueCodesResult> {
  const { scanned, store, options, started } = queued
  const targets = await session.targets(scanned)
  const run = await describeRun(targets, scanned, { store, options })
  const [board, queue] = [new RunBoard(redis), new LeaseQueue(redis, run.id)]
  const tally = new Tally(targets.length, options.dtype === 'float32')
  const { catalog } = session
  try {
    const dataset = catalog.files.addDataset(scanned.root)
    await enterEarlier(queue, scanned, { catalog, store, dataset, kinds: run.description.kinds, tally })
    for (const { fingerprint } of targets) for (const note of mend(catalog, fingerprint)) options.onNote?.(note)
    const stock = takeStock(catalog, scanned, targets, options)
    const { vanished, changed } = stock.changes // new files are entered when they are read
    catalog.files.updateFiles(stock.dataset, { vanished, files: changed })
    await board.open(run)
    const done = await new Coordinator({ catalog, store, stock, root: scanned.root, run, queue, board, options, tally }).run()
    if (done.leases === 0) {
      await board.close(run.id)
      await queue.end()
    }
    const { result, failure } = finish(session, scanned, { stock, done, tally, started })
    if (failure) throw failure
    return { ...result, run: run.id, leases: done.leases }
  } finally {
    await queue.close()
  }
}

interface Done {
  readonly stock: Stock
  readonly done: Coordinated
  readonly tally: Tally
  readonly started: number
}

function finish(session: CodeSession, scanned: ScannedFolder, { stock, done, tally, started }: Done): Round {
  const { catalog, on } = session
  const { unreached, leases } = done
  catalog.files.keepFiles(stock.dataset, unreached)
  const paths = new Set(unreached.map(({ path }) => path))
  const quarantine = stock.targets.map(({ target }) => presentQuarantine(catalog, stock, target.fingerprint))
  return finishRound(session, scanned, {
    stock,
    outcome: {
      done: done.done,
      computed: tally.images,
      unreadable: [],
      read: new Map(),
      targets: tally.outcomes,
      shares: { decode: 0, forward: 0, write: 0 },
      bound: undefined,
      threads: undefined,
      // What is left to the workers is as little complete as what was broken off.
      interrupted: done.interrupted || leases > 0,
      failure: undefined,
    },
    chosen: stock.selected,
    tried: unreached.length === 0 ? undefined : new Set(stock.todo.flatMap(({ path }) => (paths.has(path) ? [] : path))),
    quarantine,
    on: tally.on.map((ran) => ran ?? on),
    seconds: (performance.now() - started) / 1000,
  })
}

/** What is quarantined of the files that there are; the others are forgotten. */
function presentQuarantine(catalog: Catalog, { dataset, files }: Stock, fingerprint: string): QuarantineRecord[] {
  const all = catalog.files.quarantined(dataset, fingerprint)
  const refused = new Set(all.map(({ path }) => path))
  const present = new Set(files.flatMap(({ path }) => (refused.has(path) ? path : [])))
  const records = all.filter(({ path }) => present.has(path))
  if (records.length < all.length) catalog.files.replaceQuarantine(dataset, fingerprint, records)
  return records
}
