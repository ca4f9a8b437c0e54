import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { imageFolder } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const [cache, out] = [tempFolder(), tempFolder()]

beforeAll(async () => {
  const data = await imageFolder({ a: 8, b: 8 })
  await extractSeveral({ data, cache, models: [modelFile(convolution())], workers: 1 })
  await trainHead({ data, cache, pool: 'avg', name: 'letters' })
  await trainHead({ data, cache, pool: 'avg', name: 'votes', solver: 'knn' })
}, 60_000)

const run = (...words: readonly string[]) => runCli('export', ...words, '--cache', cache)

describe('export', () => {
  it.each([
    [['letters', '--format', 'keras', '--any-size'], 'Expected --any-size to be with --format onnx, got "--format keras".', 2],
    [
      ['letters', '--format', 'bundle', '--precision', 'float16'],
      'Expected --precision to be with --format onnx or tfjs, got "--format bundle".',
      2,
    ],
    [
      ['letters', '--format', 'tfjs', '--precision', 'int8'],
      'Expected --precision to be float32 or float16 for --format tfjs, got "int8".',
      2,
    ],
    [
      ['votes'],
      'Expected a head of layers, found one of "knn", which has the codes of all its training images instead. Train another one: npm run train-head -- --head softmax',
      1,
    ],
    [
      ['none'],
      `Expected a bundle: the name of a head in ${join(cache, 'heads')}, or a folder with head.json, found none named "none". Train one with: npm run train-head -- --name NAME`,
      1,
    ],
  ])('refuses %j', (words, message, code) => {
    const { status, stdout, stderr } = run(...words)
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: `cnn-codes: ${message}\n` })
  })

  it('writes into the exports of the cache, by the name of the head', () => {
    const { status, stdout } = run('letters')
    expect([status, stdout]).toEqual([0, expect.stringMatching(/letters\.onnx, [\d.]+ [kM]?B, 2 labels\n$/)])
    expect(existsSync(join(cache, 'exports/letters.onnx'))).toBe(true)
  })

  it.each([
    ['onnx', 'model.onnx'],
    ['keras', 'head.h5'],
    ['tfjs', 'site'],
    ['bundle', 'bundle'],
  ])('writes %s and prints JSON alone', (format, name) => {
    const file = join(out, name)
    const { status, stdout, stderr } = run('letters', '--format', format, '--out', file, '--json')
    expect([status, stderr]).toEqual([0, ''])
    const told = JSON.parse(stdout)
    expect(told).toEqual({ format, file, bytes: expect.any(Number), labels: ['a', 'b'] })
    if (statSync(file).isFile()) expect(told.bytes).toBe(statSync(file).size)
  })
})
