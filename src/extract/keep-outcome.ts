import type { Catalog } from '../cache/catalog.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { StreamOutcome } from './stream-job.js'
import type { Stock, TargetStock } from './take-stock.js'
import type { TargetOutcome } from './target-stream.js'

/** What is known after a run. */
export interface Kept {
  /** All files of the folder, with the hashes of those that were read. */
  readonly files: readonly FileRecord[]
  /** For each kind of code the files that give none, in the order of paths. */
  readonly quarantine: readonly (readonly QuarantineRecord[])[]
}

/** Enters what was read, and what was refused now, or before where this run did not get to it. */
export function keepOutcome(catalog: Catalog, stock: Stock, outcome: StreamOutcome): Kept {
  const { read } = outcome
  const { vanished, changed, added } = stock.changes
  const unread = [...changed, ...added].filter(({ path }) => !read.has(path))
  catalog.files.updateFiles(stock.dataset, { vanished, files: [...unread, ...read.values()] })
  const quarantine = stock.targets.map((one, which) => {
    const records = quarantineOf(one, stock, outcome, outcome.targets[which])
    catalog.files.replaceQuarantine(stock.dataset, one.target.fingerprint, records)
    return records
  })
  return { files: stock.files.map((file) => read.get(file.path) ?? file), quarantine }
}

function quarantineOf({ known }: TargetStock, { files }: Stock, outcome: StreamOutcome, of: TargetOutcome | undefined): QuarantineRecord[] {
  // Every file with a bad image, copies of it as well as the first one.
  const bad = [...outcome.read.values()].flatMap(({ path, stamp, image }) => {
    const refusal = of?.refused.get(image ?? '')
    return refusal ? [{ path, stamp, ...refusal }] : []
  })
  const now = [...outcome.unreadable, ...bad]
  const named = new Set(now.map(({ path }) => path))
  const tried = triedPaths(outcome)
  const kept = files.flatMap((file) => {
    const isTried = named.has(file.path) || (tried.has(file.path) && known.standing(file) !== 'bad')
    return isTried ? [] : (known.refused.get(file.path) ?? [])
  })
  return [...kept, ...now].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The files that were really read or refused; an interrupted run does not get to all. */
export function triedPaths({ read, unreadable }: StreamOutcome): Set<string> {
  return new Set([...read.keys(), ...unreadable.map(({ path }) => path)])
}
