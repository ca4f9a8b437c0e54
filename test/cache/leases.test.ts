import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { thisHost } from '../../src/base/process-name.js'
import { type Catalog, openCatalog } from '../../src/cache/catalog.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { Leases, livingWorkers } from '../../src/cache/leases.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

const fingerprint = fingerprintOf(identity)
const [cat, dog, cow] = ['cat', 'dog', 'cow'].map(hashOf) as [string, string, string]

let catalog: Catalog
let open: Leases[]
beforeEach(() => {
  catalog = openCatalog(tempFolder())
  open = []
})
afterEach(() => {
  for (const leases of open) leases.close()
  catalog.close()
})

function holder(): Leases {
  const leases = Leases.open(catalog.cache)
  open.push(leases)
  return leases
}

/** A process that took a lease and has not been seen since `heartbeat`. */
function worker(name: string, heartbeat: number): void {
  const { lastInsertRowid } = catalog.database.prepare('INSERT INTO worker (name, heartbeat) VALUES (?, ?)').run(name, heartbeat)
  catalog.database.prepare('INSERT INTO lease VALUES (?, ?, ?)').run(fingerprint, Buffer.from(cat, 'hex'), lastInsertRowid)
}

const rows = (table: string) => catalog.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()

describe('Leases', () => {
  it('are held by one process at a time', () => {
    const [a, b] = [holder(), holder()]
    expect(a.take(fingerprint, [cat, dog])).toEqual(new Set([cat, dog]))
    expect(a.take(fingerprint, [cat])).toEqual(new Set([cat]))
    expect(b.take(fingerprint, [dog, cow])).toEqual(new Set([cow]))
    expect([cat, cow, hashOf('ant')].map(a.isElsewhere(fingerprint))).toEqual([false, true, false])
    expect([cat, cow, hashOf('ant')].map(b.isElsewhere(fingerprint))).toEqual([true, false, false])
  })

  it('are of one kind of codes each', () => {
    const [a, b] = [holder(), holder()]
    a.take(fingerprint, [cat])
    expect(b.isElsewhere('other')(cat)).toBe(false)
    expect(b.take('other', [cat])).toEqual(new Set([cat]))
  })

  it('end when they are given back, with the code, and with the process', () => {
    const [a, b] = [holder(), holder()]
    a.take(fingerprint, [cat, dog, cow])
    a.release(fingerprint, [cat])
    expect(b.take(fingerprint, [cat, dog])).toEqual(new Set([cat]))
    const shard = {
      digest: 's',
      dtype: 'float16',
      bytes: 1,
      codesAt: 1,
      rows: [{ image: Buffer.from(dog, 'hex'), view: 0, crc: 1 }],
    } as const
    catalog.codes.commit(catalog.codes.add(identity, [1]).id, shard)
    expect([dog, cow].map(b.isElsewhere(fingerprint))).toEqual([false, true])
    a.releaseAll()
    expect(b.isElsewhere(fingerprint)(cow)).toBe(false)
    a.take(fingerprint, [cow])
    a.close()
    open.shift()
    expect(b.take(fingerprint, [cow])).toEqual(new Set([cow]))
    b.close()
    open.shift()
    expect([rows('worker'), rows('lease')]).toEqual([0, 0])
  })

  it.each([
    ['of this host that is gone', `${thisHost()}~4194304~x`, 0, true],
    ['of this host that lives', `${thisHost()}~${process.pid}~x`, 0, false],
    ['of this host that lives and gave no sign for long', `${thisHost()}~${process.pid}~x`, 31_000, true],
    ['of another host', 'elsewhere~4194304~x', 29_000, false],
    ['of another host that gave no sign for long', 'elsewhere~4194304~x', 31_000, true],
  ])('of a process %s', (_, name, silent, isFree) => {
    const own = holder()
    worker(name, Date.now() - silent)
    expect(livingWorkers(catalog.database).includes(name)).toBe(!isFree)
    expect(own.isElsewhere(fingerprint)(cat)).toBe(!isFree)
    expect(own.take(fingerprint, [cat, dog]).has(cat)).toBe(isFree)
  })

  it('of dead processes are swept away by the next process that starts', () => {
    worker('elsewhere~1~x', Date.now() - 60_000)
    holder()
    expect([rows('worker'), rows('lease')]).toEqual([1, 0])
  })

  it('can be taken again by a process that others took for dead', () => {
    const own = holder()
    own.take(fingerprint, [cat])
    catalog.database.prepare('DELETE FROM worker').run()
    expect(own.take(fingerprint, [cat, dog])).toEqual(new Set([cat, dog]))
    expect([rows('worker'), rows('lease')]).toEqual([1, 2])
  })

  it('are left to the process that has taken them over', () => {
    const own = holder()
    own.take(fingerprint, [cat])
    catalog.database.prepare('DELETE FROM worker').run()
    const other = holder()
    expect(other.take(fingerprint, [cat])).toEqual(new Set([cat]))
    own.release(fingerprint, [cat])
    expect(own.isElsewhere(fingerprint)(cat)).toBe(true)
  })
})
