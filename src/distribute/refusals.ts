import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { Stock } from '../extract/take-stock.js'
import type { Reported } from './enter-report.js'

/** Files that gave no code, kind by kind, as the reports come in. */
export class Refusals {
  readonly #kinds: readonly Map<string, QuarantineRecord>[]
  readonly #paths = new Set<string>()

  constructor(kinds: number) {
    this.#kinds = Array.from({ length: kinds }, () => new Map())
  }

  /** Files that lack at least one code. */
  get count(): number {
    return this.#paths.size
  }

  add({ files, report }: Reported): void {
    this.#kinds.forEach((refused, which) => {
      for (const { at, cause, reason } of [...report.unreadable, ...(report.kinds[which]?.refused ?? [])]) {
        const { path } = files[at] ?? {}
        if (path === undefined) continue
        refused.set(path, { path, cause, reason, stamp: report.stamps[at] || undefined })
        this.#paths.add(path)
      }
    })
  }

  /**
   * For each kind the files that give none, in the order of paths: those of now, and those of before that were not tried again.
   *
   * @param isReached whether a worker has told of a file of `todo`.
   */
  records({ files, todo, targets }: Stock, isReached: (path: string) => boolean): QuarantineRecord[][] {
    return targets.map(({ known }, which) => {
      const now = this.#kinds[which] ?? new Map()
      const before = new Map([...known.refused].filter(([path]) => !now.has(path)))
      const isRetried = (file: FileRecord) => before.has(file.path) && known.standing(file) !== 'bad' && isReached(file.path)
      const isTried = new Set(todo.flatMap((file) => (isRetried(file) ? file.path : [])))
      const kept = files.flatMap(({ path }) => (isTried.has(path) ? [] : (before.get(path) ?? [])))
      return [...kept, ...now.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
    })
  }
}
