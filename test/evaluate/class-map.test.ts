import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { classMap } from '../../src/evaluate/class-map.js'
import { decodeTestResults } from '../../src/evaluate/test-results.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'

async function trained(counts: Readonly<Record<string, number>>) {
  const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 6], signal: 6 })
  const { bundle, fingerprint, test } = await trainHead({ data, cache })
  return { cache, fingerprint, test, results: decodeTestResults(readFileSync(join(bundle ?? '', 'test.arrow'))) }
}

it('places each class by its test images', async () => {
  const { cache, fingerprint, test, results } = await trained({ ant: 10, bee: 12, cat: 8 })
  const map = classMap(cache, fingerprint, results)
  if (typeof map === 'string') throw new Error(map)
  expect(map.images).toBe(test)
  expect(map.places.map(({ label }) => label)).toEqual(['ant', 'bee', 'cat'])
  // Three means lie on a plane: nothing is lost, and they are centred.
  expect(map.explained[0] + map.explained[1]).toBeCloseTo(1, 6)
  expect(map.explained[0]).toBeGreaterThanOrEqual(map.explained[1])
  for (const axis of ['x', 'y'] as const) {
    const coordinates = map.places.map((place) => place[axis])
    expect(coordinates.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5)
    expect(Math.max(...coordinates)).toBeGreaterThanOrEqual(-Math.min(...coordinates))
  }
})

it('says why there is none', async () => {
  const { cache, fingerprint, results } = await trained({ ant: 10, bee: 12 })
  expect(classMap(cache, fingerprint, results)).toBe(`A map needs three classes with codes; ${cache} has those of 2.`)
  expect(classMap(cache, 'f'.repeat(64), results)).toBe(`${cache} has no codes of this network.`)
  const empty = tempFolder()
  expect(classMap(empty, fingerprint, results)).toBe(`${empty} has no codes of this network.`)
})
