import { setTimeout } from 'node:timers/promises'
import { usageError } from '../base/errors.js'
import { withCatalogErrors } from '../cache/catalog-error.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { addRound } from './add-round.js'
import { checkOptions } from './check-options.js'
import { CodeSession } from './code-session.js'
import { dataGone } from './data-gone.js'
import { extractRound } from './extract-round.js'
import { FolderWatch, type Look } from './folder-watch.js'
import type { ExtractSeveralOptions, ExtractSeveralResult } from './options.js'

/** What watching takes: `signal` ends it. */
export interface WatchOptions extends ExtractSeveralOptions {
  /** Told of every round that is done. */
  readonly onRound?: ((round: ExtractSeveralResult) => void) | undefined
  /** Told why there is nothing to code, in a sentence, whenever the reason is a new one. */
  readonly onWait?: ((reason: string) => void) | undefined
  /** Seconds between two looks at the folder, default 1; more where a look takes long, so that it takes a tenth of a core at most. */
  readonly interval?: number | undefined
  /** Seconds without a change after which a file counts as complete, default 2. */
  readonly settle?: number | undefined
}

/**
 * What came of all rounds together. `images`, `quarantined` and the codes' properties are those of the last round; `computed`
 * and `seconds` are sums, `seconds` without the waiting; `interrupted`: files had arrived that were not dealt with.
 */
export interface WatchResult extends ExtractSeveralResult {
  readonly rounds: number
}

const defaults = { interval: 1, settle: 2 }
/** A pause is at least so many times as long as the look before it. */
const restPerLook = 10

const nothing: ExtractSeveralResult = {
  images: 0,
  computed: 0,
  cached: 0,
  quarantined: 0,
  seconds: 0,
  imagesPerSecond: 0,
  shares: { decode: 0, forward: 0, write: 0 },
  bound: null,
  threads: null,
  interrupted: false,
  runs: [],
}

/**
 * The slow stage that stays: codes what is in the folder as `extractSeveral` does, then every image that arrives, soon after its
 * file is complete, until the signal is aborted. Networks and threads stay loaded.
 *
 * A file that is being written is left alone until it has not changed for `settle` seconds; were it taken too early all the
 * same, it would be quarantined and taken again when it has changed. Renamed files are hits, files that vanish leave the data
 * set. A folder that is empty, gone or without the classes that are asked for is waited for; the catalog then stays as it is.
 *
 * @throws UserError as `extractSeveral` does, except for a folder that is still empty and for images that all have to be refused.
 */
export async function watchCodes(options: WatchOptions = {}): Promise<WatchResult> {
  const times = checkWatch(options)
  return withCatalogErrors(options.cache ?? 'cache', () => watch(options, times))
}

async function watch(options: WatchOptions, { interval, settle }: typeof defaults): Promise<WatchResult> {
  const { signal, onRound } = options
  const folder = new FolderWatch(options, settle * 1000)
  const wait = waiter(options)
  let total: ExtractSeveralResult | undefined
  let rounds = 0
  let look = folder.firstLook()
  const session = await CodeSession.open(options)
  try {
    while (!signal?.aborted) {
      wait(look)
      if (look.due) {
        const result = await roundOver(session, look.due)
        if (result) {
          total = addRound(total, result)
          rounds++
          onRound?.(result)
          if (result.interrupted) break
          folder.done()
        }
      }
      await setTimeout(Math.max(interval * 1000, restPerLook * look.took), undefined, { signal }).catch(() => undefined)
      look = folder.look()
    }
  } finally {
    await session.close()
  }
  const interrupted = folder.pending
  const { runs, ...totals } = total ?? nothing
  return { ...totals, runs: runs.map((run) => ({ ...run, interrupted })), interrupted, rounds }
}

/** A round; undefined where the folder went away meanwhile, which the next look tells. */
async function roundOver(session: CodeSession, scanned: ScannedFolder): Promise<ExtractSeveralResult | undefined> {
  try {
    return (await extractRound(session, scanned, { started: performance.now() })).result
  } catch (error) {
    if (!dataGone(scanned.root)) throw error
    return undefined
  }
}

function checkWatch(options: WatchOptions): typeof defaults {
  checkOptions(options)
  const { interval = defaults.interval, settle = defaults.settle } = options
  for (const [name, value] of Object.entries({ interval, settle })) {
    if (!Number.isFinite(value) || value < 0) throw usageError(name, 'seconds, 0 or more', value)
  }
  return { interval, settle }
}

/** Tells a reason to wait once. */
function waiter({ onWait }: WatchOptions): (look: Look) => void {
  let told: string | undefined
  return ({ reason }) => {
    if (reason !== undefined && reason !== told) onWait?.(reason)
    told = reason
  }
}
