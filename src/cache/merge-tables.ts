import type { Catalog } from './catalog.js'
import type { FileRecord } from './file-table.js'
import type { Json } from './fingerprint.js'
import { insertSealed } from './row-checksum.js'

/**
 * Takes over what another catalog knows beside the codes: data sets with their files, what is quarantined, completed runs. What
 * both know stays as it is here, unless the other one read a file later and found another content.
 *
 * @param source a copy: rows whose checksum does not hold should be gone from it.
 */
export function mergeTables(catalog: Catalog, source: Catalog): void {
  for (const { id, root } of source.files.datasets()) mergeDataset(catalog, source, { root, from: id })
  mergeRuns(catalog, source)
}

/** A data set by its folder and its number in the source. */
interface Dataset {
  readonly root: string
  readonly from: number
}

function mergeDataset(catalog: Catalog, source: Catalog, { root, from }: Dataset): void {
  const into = catalog.files.addDataset(root)
  const known = new Map(catalog.files.files(into).map((file) => [file.path, file]))
  // A file that is not known here was deleted, where this catalog has seen the folder later.
  const isLater = known.size === 0 || lastRun(source, from) > lastRun(catalog, into)
  const files = source.files.files(from)
  const taken = files.filter((file) => (known.has(file.path) ? isNews(file, known.get(file.path)) : isLater))
  catalog.files.keepFiles(into, taken)
  mergeQuarantine(catalog, source, { from, into, files })
}

const lastRun = ({ database }: Catalog, dataset: number) =>
  database.prepare<[number], number | null>('SELECT max(finished) FROM run WHERE dataset = ?').pluck().get(dataset) ?? 0

function isNews(file: FileRecord, known: FileRecord | undefined): boolean {
  if (file.image === undefined || file.image === known?.image) return false
  return known?.image === undefined || (file.hashed ?? 0) > (known.hashed ?? 0)
}

interface QuarantineMerge {
  readonly from: number
  readonly into: number
  /** Of the source. */
  readonly files: readonly FileRecord[]
}

interface QuarantineRow {
  readonly path: string
  readonly fingerprint: string
  readonly stamp: string | null
  readonly cause: string
  readonly reason: string
}

/** Takes what is said of files that are the same here and have no code. */
function mergeQuarantine(catalog: Catalog, source: Catalog, { from, into, files }: QuarantineMerge): void {
  const select = source.database.prepare<[number], QuarantineRow>(
    'SELECT path, fingerprint, stamp, cause, reason FROM quarantine WHERE dataset = ?',
  )
  const rows = select.all(from)
  if (rows.length === 0) return
  const columns = ['dataset', 'path', 'fingerprint', 'stamp', 'cause', 'reason']
  const insert = catalog.database.prepare(insertSealed('quarantine', columns, 'IGNORE'))
  const here = new Map(catalog.files.files(into).map((file) => [file.path, file]))
  const there = new Map(files.map((file) => [file.path, file]))
  const merge = catalog.database.transaction(() => {
    for (const { path, fingerprint, stamp, cause, reason } of rows) {
      const image = there.get(path)?.image
      const isSame = here.has(path) && here.get(path)?.image === image
      if (isSame && !isCoded(catalog, fingerprint, image)) insert.run(into, path, fingerprint, stamp, cause, reason)
    }
  })
  merge.immediate()
}

function isCoded({ codes }: Catalog, fingerprint: string, image: string | undefined): boolean {
  return image !== undefined && codes.lookup(fingerprint)(image)
}

interface RunRow {
  readonly root: string
  readonly digest: string
  readonly model: string
  readonly started: number
  readonly finished: number
  readonly details: string
}

/** Takes the runs of which codes are here, in the order of time. */
function mergeRuns(catalog: Catalog, source: Catalog): void {
  const runs = source.database
    .prepare<[], RunRow>(
      `SELECT root, digest, model, started, finished, details FROM run JOIN dataset ON dataset.id = run.dataset
       JOIN fingerprint ON fingerprint.id = run.fingerprint ORDER BY finished, run.id`,
    )
    .all()
  const same = catalog.database.prepare(
    'SELECT 1 FROM run WHERE dataset = ? AND fingerprint = ? AND model = ? AND started = ? AND finished = ?',
  )
  for (const { root, digest, model, started, finished, details } of runs) {
    const [dataset, fingerprint] = [catalog.files.findDataset(root), catalog.codes.find(digest)?.id]
    if (dataset === undefined || fingerprint === undefined || catalog.codes.shards(fingerprint).size === 0) continue
    if (same.get(dataset, fingerprint, model, started, finished) !== undefined) continue
    const told: Json = JSON.parse(details)
    catalog.runs.add({ dataset, fingerprint, model, started, finished, details: told })
  }
}
