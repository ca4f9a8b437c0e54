import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type GramFile, listGrams, readGram, writeGram } from '../../src/cache/gram-file.js'
import { cachePaths } from '../../src/cache/paths.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

const key = { fingerprint: hashOf('fingerprint'), pool: 'none' }
const gramOf = (...names: readonly string[]): GramFile => ({ images: names.map(hashOf), gram: noiseFloats(names.length ** 2) })

/** The path of the only matrix that is kept. */
function only(cache: string): string {
  const [found, ...others] = listGrams(cache, key)
  if (!found || others.length > 0) throw new Error(`expected one matrix, found ${found ? others.length + 1 : 0}`)
  return found.path
}

describe('the file of a Gram matrix', () => {
  it('is read as it was written', async () => {
    const cache = tempFolder()
    expect(listGrams(cache, key)).toEqual([])
    const gram = gramOf('cat', 'dog', 'cow')
    await writeGram(cache, key, gram)
    expect(listGrams(cache, key)).toEqual([{ path: only(cache), images: gram.images }])
    expect(readGram(only(cache))).toEqual(gram)
  })

  it('is found by fingerprint and pool only', async () => {
    const cache = tempFolder()
    await writeGram(cache, key, gramOf('cat'))
    expect(listGrams(cache, { ...key, pool: 'avg' })).toEqual([])
    expect(listGrams(cache, { ...key, fingerprint: hashOf('other') })).toEqual([])
  })

  it('takes the place of the one it grew from, but not of itself', async () => {
    const cache = tempFolder()
    await writeGram(cache, key, gramOf('cat'))
    const grown = gramOf('cat', 'dog')
    await writeGram(cache, key, grown, only(cache))
    expect(readGram(only(cache))).toEqual(grown)
    await writeGram(cache, key, grown, only(cache))
    expect(readGram(only(cache))).toEqual(grown)
    expect(readdirSync(cachePaths(cache).gram).length).toBe(1)
  })

  const bytes = 12 + 3 * 36 + 9 * 4
  it.each<[string, (content: Buffer) => Buffer]>([
    ['a bit of the matrix flipped', (content) => content.fill((content[bytes - 1] ?? 0) ^ 1, bytes - 1)],
    ['a bit of a checksum flipped', (content) => content.fill((content[12 + 96] ?? 0) ^ 1, 12 + 96, 12 + 97)],
    ['its end missing', (content) => content.subarray(0, bytes - 1)],
    ['its header cut', (content) => content.subarray(0, 5)],
    ['nothing in it', () => Buffer.alloc(0)],
    ['another magic', (content) => content.fill('X', 0, 1)],
    ['a count beyond all memory', (content) => content.fill(255, 8, 12)],
    ['a count of none', (content) => content.fill(0, 8, 12)],
  ])('is not read with %s', async (_, harm) => {
    const cache = tempFolder()
    await writeGram(cache, key, gramOf('cat', 'dog', 'cow'))
    const path = only(cache)
    writeFileSync(path, harm(readFileSync(path)))
    expect(readGram(path)).toBeUndefined()
    expect(() => listGrams(cache, key)).not.toThrow()
  })

  it('is not read when it is gone, or listed when it is a stranger', () => {
    const cache = tempFolder()
    expect(readGram(join(cache, 'gone.gram'))).toBeUndefined()
    mkdirSync(cachePaths(cache).gram)
    writeFileSync(join(cachePaths(cache).gram, `${key.fingerprint}.none.x.gram`), 'text of some length')
    expect(listGrams(cache, key)).toEqual([])
    rmSync(cachePaths(cache).gram, { recursive: true })
  })
})
