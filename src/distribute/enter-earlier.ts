import type { FileRecord } from '../cache/file-table.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { isInSight, type Reported } from './enter-report.js'
import { isReport } from './is-report.js'
import type { LeaseQueue } from './lease-queue.js'
import { type EntryPlace, ReportEntry } from './report-entry.js'

/** Reports at a time. */
const atOnce = 64

/**
 * Enters what workers have reported while no coordinator was there. What cannot be entered yet stays: the coordinator deals with it.
 */
export async function enterEarlier(queue: LeaseQueue, { files }: ScannedFolder, place: EntryPlace): Promise<void> {
  const entry = new ReportEntry(place)
  let passed = 0
  for (;;) {
    const finished = await queue.finished(passed + atOnce)
    const some = finished.slice(passed)
    if (some.length === 0) return
    const paths = new Set(some.flatMap((lease) => lease.files))
    const records = new Map<string, FileRecord>()
    for (const { path, label, part } of files) if (paths.has(path)) records.set(path, { path, label, part, ...unread })
    const usable = new Map<string, Reported>()
    for (const { name, files: leased, report } of some) {
      const reported = leased.map((path) => records.get(path))
      const isWhole = isReport(report, { files: leased.length, kinds: place.kinds.length })
      if (isWhole && isInSight(place, { files: reported, report })) usable.set(name, { files: reported, report })
    }
    entry.enter([...usable.values()])
    for (const name of usable.keys()) await queue.remove(name)
    passed += some.length - usable.size
  }
}

const unread = { stamp: undefined, hashed: undefined, image: undefined }
