import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { copyCatalog } from '../../dist/cache/catalog.js'
import { cachePaths } from '../../dist/cache/paths.js'
import { tryReadShard } from '../../dist/cache/read-shard.js'
import { run } from './run.mjs'

/** Everything that a cache holds of a fingerprint, and whatever should not be there. */
export function contentOf(cache, fingerprint) {
  const { codes: place, shards } = cachePaths(cache)
  const names = list(shards(fingerprint))
  const whole = new Map()
  const halves = []
  for (const name of names.filter(isShard)) {
    const shard = tryReadShard(join(shards(fingerprint), name), () => halves.push(name))
    if (shard) whole.set(shard.record.digest, digests(shard.view))
  }
  const { places, known, leases } = entriesOf(cache, fingerprint)
  const rows = [...whole].flatMap(([digest, codes]) => (known.has(digest) ? codes : []))
  return {
    codes: new Map(places.map(({ image, shard, row, dtype }) => [image, `${dtype} ${whole.get(shard.digest)?.[row]}`])),
    rows: rows.length,
    shards: whole.size,
    halves: halves.length,
    orphans: [...whole.keys()].filter((digest) => !known.has(digest)).length,
    temporary: names.filter((name) => !isShard(name)).length,
    strange: list(place).filter((name) => !/^([0-9a-f]{64}|catalog\.sqlite(-wal|-shm)?)$/.test(name)).length,
    leases,
  }
}

const isShard = (name) => name.endsWith('.arrow')
const list = (folder) => (existsSync(folder) ? readdirSync(folder) : [])

/** A digest of each code of a shard. */
function digests({ codes, rows, length }) {
  return Array.from({ length: rows }, (_, row) => {
    const { buffer, byteOffset, byteLength } = codes.subarray(row * length, (row + 1) * length)
    return createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex')
  })
}

/** What the catalog says. */
function entriesOf(cache, fingerprint) {
  const catalog = copyCatalog(cache)
  const record = catalog?.codes.find(fingerprint)
  try {
    return {
      places: record ? catalog.codes.places(record.id) : [],
      known: record ? catalog.codes.shards(record.id) : new Set(),
      leases: catalog?.database.prepare('SELECT count(*) FROM lease').pluck().get() ?? 0,
    }
  } finally {
    catalog?.close()
  }
}

/** How a finished cache differs from an undisturbed one, one more run over it included; all zero when it does not. */
export async function differences(options, { fingerprint, expected }) {
  const found = contentOf(options.cache, fingerprint)
  const missing = [...expected.codes.keys()].filter((image) => !found.codes.has(image)).length
  const different = [...found.codes].filter(([image, code]) => expected.codes.get(image) !== code).length
  const { halves, orphans, temporary, strange, leases } = found
  const again = await run(options).ended
  return {
    missing,
    different,
    twice: found.rows - found.codes.size,
    ...{ halves, orphans, temporary, strange, leases },
    failedAgain: again.code === 0 ? 0 : 1,
    computedAgain: again.result?.computed ?? 0,
    quarantined: (again.result?.quarantined ?? 0) - expected.quarantined,
  }
}

/** Whether an object of counts has nothing but zeros. */
export const isNone = (counts) => Object.values(counts).every((count) => count === 0)
