import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findWeights, givenWeights, peekWeights, searchWeights } from '../../src/weights/find-weights.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { content, placesIn, sourceAt, write } from './weight-place.js'

const sha256 = createHash('sha256').update(content).digest('hex')

test.each([
  ['the cache', 'cache/models/w.h5'],
  ['Keras', 'home/.keras/models/w.h5'],
  ['PyTorch', 'home/.cache/torch/hub/checkpoints/w.h5'],
  ['Hugging Face', 'home/.cache/huggingface/hub/models--owner--name/snapshots/0a1b/w.h5'],
])('findWeights finds the file of %s without a download', async (_, path) => {
  const folder = tempFolder()
  const found = write(join(folder, path), content)
  expect(await findWeights(sourceAt(''), placesIn(folder))).toBe(found)
})

test.each([
  ['KERAS_HOME', 'k/models/w.h5', 'k'],
  ['TORCH_HOME', 't/hub/checkpoints/w.h5', 't'],
  ['HF_HOME', 'h/hub/models--a--b/snapshots/1/w.h5', 'h'],
  ['HF_HUB_CACHE', 'c/models--a--b/snapshots/1/w.h5', 'c'],
])('searchWeights heeds %s', async (variable, path, value) => {
  const folder = tempFolder()
  const found = write(join(folder, path), content)
  const variables = { [variable]: join(folder, value) }
  expect(await searchWeights(sourceAt(''), { ...placesIn(folder), variables })).toBe(found)
})

test('searchWeights passes over a wrong file of another program and puts aside a wrong one of its own', async () => {
  const folder = tempFolder()
  const own = write(join(folder, 'cache/models/w.h5'), content.subarray(1))
  const other = write(join(folder, 'home/.keras/models/w.h5'), content.subarray(1))
  expect(await searchWeights(sourceAt(''), placesIn(folder))).toBeUndefined()
  expect(readdirSync(dirname(own))).toEqual(['w.h5.rejected'])
  expect(readFileSync(other).length).toBe(99_999)
})

test('peekWeights finds the same and touches nothing', async () => {
  const folder = tempFolder()
  const own = write(join(folder, 'cache/models/w.h5'), content.subarray(1))
  expect(await peekWeights(sourceAt(''), placesIn(folder))).toBeUndefined()
  expect(readdirSync(dirname(own))).toEqual(['w.h5'])
  const other = write(join(folder, 'home/.keras/models/w.h5'), content)
  expect(await peekWeights(sourceAt(''), placesIn(folder))).toBe(other)
})

test('searchWeights compares the digits of a sha256 that a name states', async () => {
  const folder = tempFolder()
  const path = write(join(folder, 'cache/models/w.h5'), content)
  const begins = (hex: string) => sourceAt('', { checksum: { algorithm: 'sha256', hex } })
  expect(await searchWeights(begins(sha256.slice(0, 8)), placesIn(folder))).toBe(path)
  expect(await searchWeights(begins('00000000'), placesIn(folder))).toBeUndefined()
})

test('givenWeights takes a file and refuses anything else', async () => {
  const path = write(join(tempFolder(), 'own.h5'), content)
  expect(await givenWeights(path)).toBe(path)
  const { message, exitCode } = await userErrorOf(() => givenWeights(dirname(path)))
  expect(message).toBe(`Expected --weights to be a file with weights, found a folder at ${dirname(path)}. Give the path of a file in it.`)
  expect(exitCode).toBe(2)
})
