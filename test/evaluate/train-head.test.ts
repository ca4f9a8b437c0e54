import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { plainLogits, readBundle } from '../helpers/plain-head.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 }

/** The accuracy of a saved head on all images of a data set, from its files alone. */
function accuracyOfBundle(bundle: string | null, { cache, files, fingerprint }: Awaited<ReturnType<typeof codedDataSet>>): number {
  const { head, layers } = readBundle(bundle ?? '')
  const catalog = openCatalog(cache)
  const reader = new CodeReader(catalog, fingerprint, { pool: head.codes.pool })
  const right = files.filter(({ image, label }) => {
    const scores = plainLogits(layers, reader.read([image ?? '']))
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

  it.each([
    [{ head: 'softmax', solver: 'adam', pool: 'avg', lr: 0.01 }, 'avg', ['dense', 'softmax']],
    [{ head: 'softmax', solver: 'sgd', lr: 0.1, l2: 0.01 }, 'none', ['dense', 'softmax']],
    [{ head: 'dense' }, 'avg', ['dense', 'relu', 'dense', 'softmax']],
    [{ head: 'keras-resnet', schedule: 'one-cycle' }, 'avg', ['bn', 'dense', 'relu', 'bn', 'dense', 'softmax']],
    [{ head: 'fastai', clipNorm: 1, focal: 2 }, 'concat', ['bn', 'dense', 'relu', 'bn', 'dense', 'softmax']],
  ] as const)('learns classes apart by mini-batches with %j, and saves layers that say the same', async (options, pool, types) => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 3 })
    const result = await trainHead({ ...made, ...options, epochs: 10, batch: 16 })
    expect(result).toMatchObject({ head: options.head, pool, space: 'weight', train: 77, validation: 7, test: 36, epochs: 10 })
    expect(result.accuracy.test).toBeGreaterThan(0.9)
    const { accuracy, history, kept, bundle } = result
    expect(history[(kept ?? 0) - 1]).toMatchObject({ epoch: kept, valAccuracy: accuracy.validation })
    expect(readBundle(bundle ?? '').layers.map(({ type }) => type)).toEqual(types)
    const right = accuracy.train * 77 + (accuracy.validation ?? 0) * 7 + accuracy.test * 36
    expect(accuracyOfBundle(bundle, made)).toBeCloseTo(right / 120, 10)
  })

  it.each([
    'lbfgs',
    'knn',
    'ridge',
    'adam',
  ] as const)('trains %s on so many images of each class, and not on those to choose on', async (solver) => {
    const made = await codedDataSet({ counts, shape: [20], signal: 3 })
    const whole = await trainHead({ ...made, solver })
    const some = await trainHead({ ...made, solver, perClass: 10 })
    expect(some).toMatchObject({ train: 30, validation: whole.validation, test: whole.test, split: { perClass: 10 } })
    expect(whole.split).toEqual({ train: '0.7', validation: '0.1', perClass: null, byCluster: false })
    const share = some.accuracy.train * 30 // of the images that it was trained on
    expect(share).toBeCloseTo(Math.round(share), 10)
    const message = 'Expected --per-class to be a whole number above 0, got 0.5.'
    expect((await userErrorOf(() => trainHead({ ...made, perClass: 0.5 }))).message).toBe(message)
  })

  it('stops where the loss diverges, or where patience ends, and says so', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 3 })
    const head = 'dense:8:relu,softmax'
    const diverged = await userErrorOf(() => trainHead({ ...made, head, lr: 1e30 }))
    expect(diverged.message).toBe('Expected the loss to fall, but it diverged in the first epoch. Choose a smaller --lr, or --clip-norm 1.')
    const notes: string[] = []
    const { epochs, kept } = await trainHead({ ...made, head, monitor: 'val-accuracy', patience: 2, onNote: (text) => notes.push(text) })
    expect(notes).toEqual([`Training stopped after epoch ${epochs}: no gain since epoch ${kept}.`])
    expect(epochs).toBe((kept ?? 0) + 2)
  })

  it('says where the memory does not hold the head', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const options = { ...made, solver: 'adam', memory: 1_000_000 } as const
    const error = await userErrorOf(() => trainHead({ ...options, head: 'dense:10000:relu,softmax' }))
    expect(error.message).toBe(
      "Expected --memory to hold the head's weights and what training keeps beside them, 6 MB, and a batch of codes, got 1 MB. Give more, or make the head smaller: fewer units, --pool avg.",
    )
  })

  it('takes an L2 that is given, and leaves the last epoch where there is no validation part', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 3 })
    const result = await trainHead({ ...made, solver: 'adam', l2: 0.01, epochs: 3, validation: '0' })
    expect(result).toMatchObject({ l2: 0.01, validation: 0, accuracy: { validation: null }, epochs: 3, kept: 3 })
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
    const digest = (bundle: string | null) => readBundle(bundle ?? '').head.weights.sha256
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
    [{ head: 'fastai', pool: 'avg' }, 2, 'Expected --pool to be left out or "concat", with which the head "fastai" begins, got "avg".'],
    [{ split: '1.5' }, 2, 'Expected --split to be a decimal from 0 to below 1, such as 0.7, got "1.5".'],
    [{ name: '../x' }, 2, 'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../x".'],
    [{ classes: ['ant'] }, 1, 'Expected at least two classes, found only "ant". Add images of another class.'],
  ] as const)('refuses %j', async (options, exitCode, message) => {
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
