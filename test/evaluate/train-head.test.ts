import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 }

/** The accuracy of a saved head on all images of a data set, from its files alone. */
function accuracyOfBundle(bundle: string | null, { cache, files, fingerprint }: Awaited<ReturnType<typeof codedDataSet>>): number {
  const head = JSON.parse(readFileSync(join(bundle ?? '', 'head.json'), 'utf8'))
  const bytes = readFileSync(join(bundle ?? '', head.weights.file))
  const numbers = new Float32Array(Uint8Array.from(bytes.subarray(8 + Number(bytes.readBigUInt64LE()))).buffer)
  const classes = head.labels.length
  const catalog = openCatalog(cache)
  const reader = new CodeReader(catalog, fingerprint, { pool: head.codes.pool })
  const right = files.filter(({ image, label }) => {
    const code = reader.read([image ?? ''])
    const scores = head.labels.map((_: string, c: number) =>
      code.reduce((sum, value, d) => sum + value * (numbers[d * classes + c] ?? 0), numbers[code.length * classes + c] ?? 0),
    )
    return head.labels[scores.indexOf(Math.max(...scores))] === label
  })
  catalog.close()
  return right.length / files.length
}

describe('trainHead', () => {
  it.each([
    ['gram', [4, 4, 40], 'none'],
    ['weight', [3, 3, 16], 'avg'],
    ['weight', [20], 'none'],
  ] as const)('learns classes apart in %s space from codes of %j pooled by %s, and saves a head that says the same', async (space, shape, pool) => {
    const made = await codedDataSet({ counts, shape, signal: 3 })
    const result = await trainHead({ ...made, pool })
    expect(result).toMatchObject({ space, classes: 3, train: 28 + 21 + 35 - 7, validation: 2 + 2 + 3, test: 12 + 9 + 15 })
    expect(result.accuracy.test).toBeGreaterThan(0.9)
    expect(!result.multiLabel && result.balancedAccuracy).toBeGreaterThan(0.9)
    const all = accuracyOfBundle(result.bundle, made)
    expect(all).toBeCloseTo((result.accuracy.train * 84 + result.accuracy.test * 36) / 120, 10)
  })

  it('finds nothing where there is nothing to find', async () => {
    const made = await codedDataSet({ counts: { a: 100, b: 100 }, shape: [30], signal: 0 })
    const { accuracy } = await trainHead(made)
    expect(accuracy.test).toBeLessThan(0.7)
  })

  it('gives the same figures and weights for the same seed, others for another', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 1 })
    const [first, again, other] = [
      await trainHead(made),
      await trainHead({ ...made, name: 'again' }),
      await trainHead({ ...made, seed: 1, name: 'other' }),
    ]
    const digest = (bundle: string | null) => JSON.parse(readFileSync(join(bundle ?? '', 'head.json'), 'utf8')).weights.sha256
    expect(digest(again.bundle)).toBe(digest(first.bundle))
    expect(digest(other.bundle)).not.toBe(digest(first.bundle))
    const { seconds: _a, bundle: _b, ...figures } = first
    expect(again).toMatchObject(figures)
  })

  it('takes a given L2 without a validation part', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const result = await trainHead({ ...made, l2: 0.01, validation: '0' })
    expect(result).toMatchObject({ l2: 0.01, validation: 0, accuracy: { validation: null }, history: [] })
  })

  it('uses train and test folders as they are', async () => {
    const made = await codedDataSet({ counts: { a: 10, b: 10 }, shape: [20], part: (index) => (index < 8 ? 'train' : 'test') })
    expect(await trainHead(made)).toMatchObject({ train: 14, validation: 2, test: 4 })
  })

  it.each([
    [{ validation: '0' }, 2, 'Expected --validation to be above 0 where the L2 is chosen on it, got "0". Or give the L2 with --l2.'],
    [{ split: '1.5' }, 2, 'Expected --split to be a decimal from 0 to below 1, such as 0.7, got "1.5".'],
    [{ name: '../x' }, 2, 'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../x".'],
    [{ classes: ['ant'] }, 1, 'Expected at least two classes, found only "ant". Add images of another class.'],
  ])('refuses %j', async (options, exitCode, message) => {
    const made = await codedDataSet({ counts, shape: [4] })
    const error = await userErrorOf(() => trainHead({ ...made, ...options }))
    expect(error).toMatchObject({ exitCode, message })
  })

  it('names a class that is too small', async () => {
    const made = await codedDataSet({ counts: { a: 10, b: 2 }, shape: [4] })
    const error = await userErrorOf(() => trainHead(made))
    expect(error.message).toBe(
      'Expected at least 3 different images in class "b" (to train, choose and test), found 2 images. Add images, or leave it out with --exclude-classes "b".',
    )
  })
})
