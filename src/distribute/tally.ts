import type { EngineInfo } from '../engine/engine-info.js'
import type { TargetOutcome } from '../extract/target-stream.js'
import type { LeaseReport } from './lease.js'
import { QueueRate } from './queue-rate.js'

/** What a kind of code came to so far. */
interface KindTally {
  computed: number
  forward: number
  heldBatch: number | undefined
  isFloat32: boolean
  /** What the last worker ran it on. */
  on: EngineInfo | undefined
}

/** Counts of what workers reported. */
export class Tally {
  readonly #kinds: readonly KindTally[]
  readonly rate = new QueueRate()
  /** Images of which at least one code is new. */
  images = 0
  /** Files that lack at least one code. */
  refused = 0

  constructor(kinds: number, isFloat32: boolean) {
    this.#kinds = Array.from({ length: kinds }, () => ({ computed: 0, forward: 0, heldBatch: undefined, isFloat32, on: undefined }))
  }

  /** @param rows for each kind the codes that are new. */
  add(report: LeaseReport, rows: readonly number[]): void {
    const images = Math.max(0, ...rows)
    this.images += images
    this.refused += new Set([...report.unreadable, ...report.kinds.flatMap(({ refused }) => refused)].map(({ at }) => at)).size
    this.rate.add(images)
    for (const [which, tally] of this.#kinds.entries()) {
      const kind = report.kinds[which]
      if (!kind) continue
      tally.computed += rows[which] ?? 0
      tally.forward += kind.forward
      tally.on = kind.on
      if (kind.heldBatch !== undefined) tally.heldBatch = Math.min(kind.heldBatch, tally.heldBatch ?? kind.heldBatch)
      tally.isFloat32 ||= kind.shards.some(({ dtype }) => dtype === 'float32')
    }
  }

  get on(): (EngineInfo | undefined)[] {
    return this.#kinds.map(({ on }) => on)
  }

  get outcomes(): TargetOutcome[] {
    return this.#kinds.map(({ computed, forward, heldBatch, isFloat32 }) => {
      return { computed, forward, heldBatch, refused: new Map(), dtype: isFloat32 ? 'float32' : 'float16' }
    })
  }
}
