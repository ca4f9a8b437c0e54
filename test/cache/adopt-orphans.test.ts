import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { thisHost } from '../../src/base/process-name.js'
import { adoptOrphans } from '../../src/cache/adopt-orphans.js'
import { type Catalog, openCatalog } from '../../src/cache/catalog.js'
import { enterShard } from '../../src/cache/enter-shard.js'
import { type CodeIdentity, fingerprintOf } from '../../src/cache/fingerprint.js'
import { forgetLostShards } from '../../src/cache/forget-lost-shards.js'
import { cachePaths } from '../../src/cache/paths.js'
import { publish } from '../../src/cache/publish.js'
import { readShard } from '../../src/cache/read-shard.js'
import { encodeShard } from '../../src/cache/shard-file.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

let catalog: Catalog
let folder: string
beforeEach(() => {
  catalog = openCatalog(tempFolder())
  folder = cachePaths(catalog.cache).shards(fingerprintOf(identity))
  mkdirSync(folder)
  return () => catalog.close()
})

async function shard(names: readonly string[], of: CodeIdentity = identity): Promise<readonly Uint8Array[]> {
  const images = Buffer.from(names.map(hashOf).join(''), 'hex')
  const codes = Uint16Array.from({ length: names.length * 2 }, (_, i) => i)
  const views = new Uint16Array(names.length)
  return (await encodeShard({ identity: of, shape: [2], dtype: 'float16', images, views, codes })).pieces
}

/** A shard as a crash leaves it: on the disk, not in the catalog. */
const orphan = async (names: readonly string[], of?: CodeIdentity) => publish(folder, await shard(names, of), '.arrow')
const known = () => [...catalog.codes.images(catalog.codes.find(fingerprintOf(identity))?.id ?? 0)]

describe('adoptOrphans', () => {
  it('does nothing where nothing is', async () => {
    rmSync(folder, { recursive: true })
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 0, redundant: 0, refused: [] })
  })

  it('takes up whole shards, once, skipping rows that are known', async () => {
    await orphan(['cat', 'dog'])
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 1, redundant: 0, refused: [] })
    expect(new Set(known())).toEqual(new Set(['cat', 'dog'].map(hashOf)))
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 0, redundant: 0, refused: [] })
    const before = catalog.codes.places(1)
    await orphan(['dog', 'cow'])
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 1, redundant: 0, refused: [] })
    expect(catalog.codes.places(1)).toMatchObject([...before, { image: hashOf('cow'), row: 1 }])
  })

  it('knows no shard whose file another process has deleted', async () => {
    const { digest } = await orphan(['cat'])
    const path = join(folder, `${digest}.arrow`)
    const { record } = readShard(path)
    rmSync(path)
    const fingerprint = catalog.codes.add(identity, [2])
    expect(enterShard(catalog, { fingerprint, record })).toEqual({ was: 'redundant', rows: 0 })
    expect(known()).toEqual([])
  })

  it('deletes a shard whose rows are all known', async () => {
    await orphan(['cat', 'dog'])
    adoptOrphans(catalog, fingerprintOf(identity))
    const kept = readdirSync(folder)
    await orphan(['dog', 'cat'])
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 0, redundant: 1, refused: [] })
    expect(readdirSync(folder)).toEqual(kept)
  })

  it.each<[string, (path: string) => void]>([
    ['damaged', (path) => writeFileSync(path, readFileSync(path).fill(1, 600, 601))],
    ['cut', (path) => truncateSync(path, 500)],
    ['empty', (path) => truncateSync(path, 0)],
  ])('refuses a shard that is %s, and leaves it', async (_, harm) => {
    const { digest } = await orphan(['cat'])
    const name = `${digest}.arrow`
    harm(join(folder, name))
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({
      adopted: 0,
      redundant: 0,
      refused: [{ shard: digest, reason: 'its content is not what its name says' }],
    })
    expect(readdirSync(folder)).toEqual([name])
    expect(known()).toEqual([])
    // Its images computed again give the same name: the damaged file has to make room.
    await orphan(['cat'])
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 1, redundant: 0, refused: [] })
  })

  it('refuses a file with a wrong name, one that is no shard, and a shard of another fingerprint', async () => {
    const wrong = `${hashOf('wrong')}.arrow`
    const text = `${hashOf('text')}.arrow`
    writeFileSync(join(folder, wrong), Buffer.concat(await shard(['cat'])))
    writeFileSync(join(folder, text), 'text')
    const { digest } = await orphan(['cat'], { ...identity, layer: 'z' })
    const { adopted, refused } = adoptOrphans(catalog, fingerprintOf(identity))
    const reasons = new Map(refused.map(({ shard, reason }) => [`${shard}.arrow`, reason]))
    expect(adopted).toBe(0)
    expect(reasons).toEqual(
      new Map([
        [wrong, 'its content is not what its name says'],
        [text, 'it is no shard: Expected one record batch in a shard, found 0'],
        [`${digest}.arrow`, 'its codes were made in another way than its folder says'],
      ]),
    )
    expect(readdirSync(folder).length).toBe(3)
  })

  it('removes the temporary files of dead writers and nothing else', async () => {
    const dead = `.tmp~${thisHost()}~4194304~x`
    const kept = [`.tmp~${thisHost()}~${process.pid}~x`, '.tmp~elsewhere~4194304~x', 'notes.txt']
    for (const name of [dead, ...kept]) writeFileSync(join(folder, name), 'half a shard')
    adoptOrphans(catalog, fingerprintOf(identity))
    expect(new Set(readdirSync(folder))).toEqual(new Set(kept))
  })
})

describe('forgetLostShards', () => {
  const fingerprint = fingerprintOf(identity)

  it('knows nothing of an unknown fingerprint', () => expect(forgetLostShards(catalog, fingerprint)).toEqual([]))

  it.each<[string, (path: string) => void]>([
    ['gone', (path) => rmSync(path)],
    ['cut', (path) => truncateSync(path, 500)],
  ])('forgets a shard whose file is %s, and only that', async (_, harm) => {
    const [lost, whole] = [await orphan(['cat', 'dog']), await orphan(['cow'])]
    adoptOrphans(catalog, fingerprintOf(identity))
    expect(forgetLostShards(catalog, fingerprint)).toEqual([])
    harm(join(folder, `${lost.digest}.arrow`))
    expect(forgetLostShards(catalog, fingerprint)).toEqual([lost.digest])
    expect(known()).toEqual([hashOf('cow')])
    expect(existsSync(join(folder, `${whole.digest}.arrow`))).toBe(true)
    // The file comes back (a copy, a mounted disk): its codes are there again.
    await orphan(['cat', 'dog'])
    expect(adoptOrphans(catalog, fingerprintOf(identity))).toEqual({ adopted: 1, redundant: 0, refused: [] })
    expect(known().length).toBe(3)
  })
})
