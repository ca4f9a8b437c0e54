import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeTestResults } from '../../src/evaluate/test-results.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'

const counts = { ant: 10, bee: 12, cat: 8 }

function kept(bundle: string | null) {
  const head = JSON.parse(readFileSync(join(bundle ?? '', 'head.json'), 'utf8'))
  const bytes = readFileSync(join(bundle ?? '', head.testResults.file))
  return { head, bytes, results: decodeTestResults(bytes) }
}

describe('what train-head keeps of the test images', () => {
  it('is each image with its probabilities, known by its digest', async () => {
    const { data, cache, files } = await codedDataSet({ counts, shape: [2, 2, 4] })
    const trained = await trainHead({ data, cache })
    const { head, bytes, results } = kept(trained.bundle)
    expect(head.testResults).toEqual({ file: 'test.arrow', sha256: createHash('sha256').update(bytes).digest('hex') })
    expect(results).toMatchObject({ kind: 'probabilities', classes: ['ant', 'bee', 'cat'] })
    expect(results.rows).toHaveLength(trained.test)
    let right = 0
    for (const { path, image, labels, answers } of results.rows) {
      expect(files.find((file) => file.path === path)).toMatchObject({ image, label: labels[0] })
      expect(answers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      if (results.classes[answers.indexOf(Math.max(...answers))] === labels[0]) right++
    }
    expect(right / results.rows.length).toBe(trained.accuracy.test)
  })

  it.each(['ridge', 'svm', 'ncm'] as const)('is scores with --solver %s, which gives no probabilities', async (solver) => {
    const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 4] })
    const { results } = kept((await trainHead({ data, cache, solver })).bundle)
    expect(results.kind).toBe('scores')
  })

  it.each([
    ['knn', { solver: 'knn', neighbours: 3 }],
    ['two classes with one sigmoid', { head: 'sigmoid', classes: ['ant', 'bee'] }],
  ] as const)('is probabilities with %s', async (_, options) => {
    const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 4] })
    const { results } = kept((await trainHead({ data, cache, ...options })).bundle)
    expect(results.kind).toBe('probabilities')
    for (const { answers } of results.rows) expect(answers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
  })

  it('is each label for itself in a multi-label set', async () => {
    const { data, cache, files } = await codedDataSet({ counts, shape: [2, 2, 4], flat: true })
    const labels = labelFile(files.map(({ path }, at) => `${path},${at % 3 === 0 ? 'one;two' : at % 3 === 1 ? 'two' : ''}`))
    const { results, head } = kept((await trainHead({ data, cache, labels })).bundle)
    expect(head.labels).toEqual(['one', 'two'])
    expect(results.kind).toBe('probabilities')
    expect(new Set(results.rows.map(({ labels }) => labels.join(';')))).toEqual(new Set(['one;two', 'two', '']))
    for (const { answers } of results.rows) expect(answers.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})

it('head.json says what repeats the training, without credentials', async () => {
  const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 4] })
  const command = ['train-head', '--data', 'my photos', '--weights', 'https://me:secret@host/w?token=abc']
  const { head } = kept((await trainHead({ data, cache, command })).bundle)
  expect(head).toMatchObject({
    command: "cnn-codes train-head --data 'my photos' --weights 'https://…@host/w?token=…' --model net.onnx",
    versions: { node: process.versions.node, 'cnn-codes': expect.stringMatching(/^\d+\./), onnxruntime: expect.stringMatching(/^\d+\./) },
  })
  expect(head.seconds).toBeGreaterThan(0)
})
