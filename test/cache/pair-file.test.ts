import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type PairList, readPairLists, writePairList } from '../../src/cache/pair-file.js'
import { cachePaths } from '../../src/cache/paths.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

const [a, b, c] = [hashOf('a'), hashOf('b'), hashOf('c')]
const list: PairList = {
  fingerprint: hashOf('net'),
  by: 'codes',
  threshold: 0.96,
  images: [a, b, c],
  pairs: [{ a, b: c, similarity: 0.98 }],
}

it('there is no list in an empty cache', () => {
  expect(readPairLists(tempFolder())).toEqual([])
})

it('keeps lists of codes and of pictures, and of the same kind those whose images no later one has, the last first', async () => {
  const cache = tempFolder()
  const [older, fewer] = [
    { ...list, pairs: [] },
    { ...list, images: [a, b], pairs: [] },
  ]
  const pictures: PairList = { ...older, by: 'pictures' }
  await writePairList(cache, fewer)
  await writePairList(cache, older) // has all images of the one before
  expect(readPairLists(cache)).toEqual([older])
  await writePairList(cache, list)
  expect(readPairLists(cache)).toEqual([list])
  await sleep(5)
  await writePairList(cache, pictures)
  await sleep(5)
  await writePairList(cache, fewer)
  expect(readPairLists(cache)).toEqual([fewer, pictures, list])
})

it.each([
  ['cut', '{"format":1,'],
  ['of another format', JSON.stringify({ format: 2 })],
  ['that names no image', JSON.stringify({ format: 1, fingerprint: 'f', by: 'codes', threshold: 1, images: a, pairs: [[0, 1, 1]] })],
  ['told by nobody', JSON.stringify({ format: 1, fingerprint: 'f', by: 'luck', threshold: 1, images: a, pairs: [] })],
])('a list %s is none', async (_, text) => {
  const cache = tempFolder()
  await writePairList(cache, list)
  const { duplicates } = cachePaths(cache)
  for (const name of readdirSync(duplicates)) writeFileSync(join(duplicates, name), text)
  expect(readPairLists(cache)).toEqual([])
})
