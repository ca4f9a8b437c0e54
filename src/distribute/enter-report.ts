import type { Catalog } from '../cache/catalog.js'
import { enterShard } from '../cache/enter-shard.js'
import type { FileRecord } from '../cache/file-table.js'
import { shardPath } from '../cache/paths.js'
import type { ShardRecord } from '../cache/shard-record.js'
import { linkShard } from '../cache/store/shard-link.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import type { KindReport, LeaseReport, ShardReport } from './lease.js'
import { shardsFolder } from './lease-codes.js'
import type { RunKind } from './run-description.js'

/** Where reports are entered. */
export interface ReportPlace {
  readonly catalog: Catalog
  /** Where the shards lie that they tell of. */
  readonly store: SharedStore
  readonly kinds: readonly RunKind[]
}

/** A report with the files that it tells of. */
export interface Reported {
  /** undefined where a file is of no use any more: its codes are entered all the same. */
  readonly files: readonly (FileRecord | undefined)[]
  readonly report: LeaseReport
}

/** The files with what the worker read of them. */
export function readFiles({ files, report }: Reported): FileRecord[] {
  const images = Buffer.from(report.images, 'base64')
  return files.flatMap((file, at) => {
    const stamp = report.stamps[at]
    if (!file || !stamp) return file ?? []
    return { ...file, stamp, hashed: report.hashed, image: images.toString('hex', 32 * at, 32 * at + 32) }
  })
}

/**
 * Enters the shards of a report in the catalog.
 *
 * @returns for each kind the rows that are new.
 */
export function enterReport({ catalog, store, kinds }: ReportPlace, { report }: Reported): number[] {
  const images = Buffer.from(report.images, 'base64')
  return kinds.map(({ identity, fingerprint: folder }, which) => {
    let rows = 0
    for (const shard of report.kinds[which]?.shards ?? []) {
      const fingerprint = catalog.codes.add(identity, shard.shape)
      const name = nameOf(folder, shard)
      if (store.isInSight(name)) linkShard(shardPath(catalog.cache, { fingerprint: folder, shard: shard.digest }), store.addressOf(name))
      rows += enterShard(catalog, { fingerprint, record: recordOf(shard, images) }).rows
    }
    return rows
  })
}

const nameOf = (fingerprint: string, { digest }: ShardReport) => `${shardsFolder(fingerprint)}/${digest}.arrow`

function recordOf({ digest, dtype, bytes, codesAt, rows, crcs }: ShardReport, images: Buffer): ShardRecord {
  const checks = Buffer.from(crcs, 'base64')
  return {
    digest,
    dtype,
    bytes,
    codesAt,
    rows: rows.map((at, row) => ({ image: images.subarray(32 * at, 32 * at + 32), view: 0, crc: checks.readUInt32LE(4 * row) })),
  }
}

/**
 * Whether all shards of a report can be seen from here. A file system of many machines may show a new file late; one whose rows the
 * catalog all has need not be there.
 */
export function isInSight({ catalog, store, kinds }: ReportPlace, { report }: Reported): boolean {
  const images = Buffer.from(report.images, 'base64')
  return kinds.every(({ fingerprint }, which) => {
    const { shards }: Pick<KindReport, 'shards'> = report.kinds[which] ?? { shards: [] }
    return shards.every((shard) => store.isInSight(nameOf(fingerprint, shard)) || areKnown(catalog, fingerprint, shard, images))
  })
}

function areKnown(catalog: Catalog, fingerprint: string, { rows, dtype }: ShardReport, images: Buffer): boolean {
  const has = catalog.codes.lookup(fingerprint, dtype)
  return rows.every((at) => has(images.toString('hex', 32 * at, 32 * at + 32)))
}
