import type { QuarantineRecord } from '../cache/file-table.js'
import { enterReport, type Reported, type ReportPlace, readFiles } from './enter-report.js'
import type { Tally } from './tally.js'

export interface EntryPlace extends ReportPlace {
  readonly dataset: number
  readonly tally: Tally
}

/** Enters reports in the catalog, all that they say in one transaction. */
export class ReportEntry {
  readonly #place: EntryPlace

  constructor(place: EntryPlace) {
    this.#place = place
  }

  /** @throws UserError when the catalog was taken away meanwhile. */
  enter(reports: readonly Reported[]): void {
    const { catalog, dataset, kinds, tally } = this.#place
    if (reports.length === 0) return
    catalog.checkPresence()
    const enter = catalog.database.transaction(() =>
      reports.map((reported) => {
        const files = reported.files.flatMap((file) => file?.path ?? [])
        catalog.files.keepFiles(dataset, readFiles(reported))
        kinds.forEach(({ fingerprint }, which) => {
          catalog.files.updateQuarantine(dataset, fingerprint, { files, refused: refusedBy(reported, which) })
        })
        return enterReport(this.#place, reported)
      }),
    )
    for (const [at, rows] of enter.immediate().entries()) {
      const reported = reports[at]
      if (reported) tally.add(reported.report, rows)
    }
  }
}

/** Files of a report that give no code of one kind. */
function refusedBy({ files, report }: Reported, which: number): QuarantineRecord[] {
  const refused = [...report.unreadable, ...(report.kinds[which]?.refused ?? [])]
  const byPath = refused.flatMap(({ at, cause, reason }) => {
    const { path } = files[at] ?? {}
    return path === undefined ? [] : [[path, { path, cause, reason, stamp: report.stamps[at] || undefined }] as const]
  })
  return [...new Map(byPath).values()]
}
