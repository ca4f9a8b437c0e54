import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { openFeatures } from '../../src/evaluate/features.js'
import type { HeadOptions, SolverName } from '../../src/evaluate/head-options.js'
import { headTrainer } from '../../src/evaluate/head-trainers.js'
import type { Split } from '../../src/evaluate/split.js'
import { splitDataSet } from '../../src/evaluate/split-data-set.js'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 }
const exact = ['lbfgs', 'ridge', 'svm', 'knn', 'ncm'] as const

/** A head's scores of all images, trained in one space, its test labels as they are or others. */
async function scoresOf(made: Awaited<ReturnType<typeof codedDataSet>>, solver: SolverName, relabel: (parts: Split) => Split) {
  const data = openDataSet(made)
  const parts = relabel(splitDataSet(data, {}))
  const job = { data, parts, options: {}, features: () => openFeatures(data, { pool: 'none' }), refit: true }
  const head = await headTrainer(solver)(job)
  const scores = await head.scores(Int32Array.from(data.images.keys()))
  data.catalog.close()
  return { scores, chosen: head.chosen, accuracy: head.accuracy }
}

/** The test part's labels, each another class. */
function permuted(parts: Split): Split {
  const labels = parts.labels.slice()
  for (const sample of parts.test) labels[sample] = ((labels[sample] ?? 0) + 1) % parts.classes.length
  return { ...parts, labels }
}

describe.each(exact)('train-head --solver %s', (solver) => {
  it.each([
    ['gram', [4, 4, 40]],
    ['weight', [20]],
  ] as const)('learns classes apart in %s space', async (space, shape) => {
    const made = await codedDataSet({ counts, shape, signal: 3 })
    const result = await trainHead({ ...made, solver })
    expect(result).toMatchObject({ space, solver, head: solver === 'lbfgs' ? 'softmax' : solver })
    expect(result.accuracy.test).toBeGreaterThan(0.9)
    expect(result.accuracy.validation).toBeGreaterThan(0.7)
    expect(result.accuracy.train).toBeGreaterThan(0.9)
    expect(result.bundle).toMatch(solver === 'lbfgs' ? /flat-softmax$/ : new RegExp(`flat-${solver}$`))
  })
  it('chooses and learns nothing from the test part: with other labels there, the head is the same', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 1 })
    const usual = await scoresOf(made, solver, (parts) => parts)
    const other = await scoresOf(made, solver, permuted)
    expect(other).toEqual(usual)
    const changedTrain = await scoresOf(made, solver, (parts) => permuted({ ...parts, test: parts.train }))
    expect(changedTrain.scores).not.toEqual(usual.scores) // the labels that are learnt do count
  })
  it('trains on the sub-samples of a sweep', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 3 })
    const { points } = await sweepSamples({ ...made, solver, perClass: [2, 10], repeats: 2 })
    expect(points.map(({ head, trainImages }) => [head, trainImages])).toEqual(
      [2, 10].map((k) => [solver === 'lbfgs' ? 'softmax' : solver, 3 * k]),
    )
    expect(points[1]?.mean).toBeGreaterThan(0.9)
  })
})

const layersOf = (bundle: string | null) => JSON.parse(readFileSync(join(bundle ?? '', 'head.json'), 'utf8')).layers

describe('trainHead', () => {
  it('takes λ by leaving one out: ridge needs no validation part, and uses all of it', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 1 })
    const result = await trainHead({ ...made, solver: 'ridge', validation: '0' })
    expect(result).toMatchObject({ train: 84, validation: 0, accuracy: { validation: null } })
    const best = [...result.history].sort((a, b) => (b.valAccuracy ?? 0) - (a.valAccuracy ?? 0) || (a.valLoss ?? 0) - (b.valLoss ?? 0))[0]
    expect(result.l2).toBe(best?.l2)
    expect(layersOf(result.bundle)).toEqual([{ type: 'dense', activation: 'linear', tensors: ['0.kernel', '0.bias'] }])
  })
  it('tells the left-out accuracy of the validation images with ridge: near what a head without them gets', async () => {
    const made = await codedDataSet({ counts, shape: [30], signal: 0.4 })
    const { accuracy } = await trainHead({ ...made, solver: 'ridge', validation: '0.5' })
    expect(accuracy.validation).toBeLessThan(accuracy.train)
  })
  it('keeps whose neighbours vote, and how, by their codes in the cache', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 3 })
    const result = await trainHead({ ...made, solver: 'knn', neighbours: 7 })
    expect(result).toMatchObject({ neighbours: 7, temperature: 0.07, l2: null })
    const [layer] = layersOf(result.bundle)
    expect(layer).toMatchObject({ type: 'knn', neighbours: 7, temperature: 0.07, tensors: [] })
    const labelOf = new Map(made.files.map(({ image, label }) => [image, Object.keys(counts).indexOf(label)]))
    expect(layer.images).toHaveLength(84)
    expect(layer.labels).toEqual(layer.images.map((image: string) => labelOf.get(image)))
  })
  it('asks no more images to vote than there are, whatever rule is chosen', async () => {
    const made = await codedDataSet({ counts: { ant: 40, bee: 40 }, shape: [20], signal: 0.1 })
    for (const seed of [0, 1, 2, 3, 4, 5]) {
      const { points } = await sweepSamples({ ...made, solver: 'knn', seed, perClass: [2, 3, 6, 8], repeats: 2 })
      expect(points.map(({ repeats }) => repeats)).toEqual([2, 2, 2, 2])
    }
  })
  it('lets no image vote for itself', async () => {
    const made = await codedDataSet({ counts: { a: 60, b: 60 }, shape: [20], signal: 0 })
    expect((await trainHead({ ...made, solver: 'knn', neighbours: 1 })).accuracy.train).toBeLessThan(0.75)
  })
  it('weighs rare classes with --class-weights', async () => {
    const made = await codedDataSet({ counts: { common: 200, rare: 12 }, shape: [10], signal: 0.6 })
    const recallOf = async (options: HeadOptions) => {
      const result = await trainHead({ ...made, l2: 0.01, ...options })
      return result.multiLabel ? 0 : result.balancedAccuracy
    }
    for (const solver of ['lbfgs', 'svm'] as const) {
      const balanced = await recallOf({ solver, classWeights: 'balanced' })
      expect(balanced).toBeGreaterThan(await recallOf({ solver }))
      expect(await recallOf({ solver, classWeights: { rare: 10 } })).toBeGreaterThan(await recallOf({ solver }))
    }
  })
  const nothing = (flag: string, wanted: string, found: string) =>
    `Expected ${flag} with ${wanted}, got --solver ${found}, to which it means nothing. Leave it out, or choose another solver.`

  it.each([
    [
      { solver: 'ridge', classWeights: 'balanced' },
      2,
      nothing('--class-weights', '--solver lbfgs, svm or an optimizer such as adam', 'ridge'),
    ],
    [{ solver: 'lbfgs', neighbours: 3 }, 2, nothing('--neighbours', '--solver knn', 'lbfgs')],
    [{ solver: 'ncm', l2: 1 }, 2, nothing('--l2', '--solver lbfgs, ridge, svm or an optimizer such as adam', 'ncm')],
    [{ solver: 'svm', labelSmoothing: 0.1 }, 2, nothing('--label-smoothing', '--solver lbfgs or an optimizer such as adam', 'svm')],
    [
      { solver: 'ridge', head: 'dense' },
      2,
      'Expected an optimizer such as --solver adam for --head "dense", got --solver ridge, which trains a head of its own. Leave out one of the two.',
    ],
    [
      { solver: 'lbfgs', head: 'dense' },
      2,
      'Expected an optimizer such as --solver adam for --head "dense", got --solver lbfgs, which trains softmax or sigmoid alone. Leave out one of the two.',
    ],
    [
      { solver: 'svm', head: 'sigmoid' },
      2,
      'Expected --solver lbfgs or an optimizer such as adam for --head "sigmoid", got --solver svm, which trains a head of its own. Leave out one of the two.',
    ],
    [{ solver: 'knn', neighbours: 100 }, 2, 'Expected --neighbours to be at most 77, the images to train, got 100.'],
    [
      { solver: 'knn', validation: '0' },
      2,
      'Expected --validation to be above 0 where the number of neighbours is chosen on it, got "0". Or give the number of neighbours with --neighbours.',
    ],
    [
      { classWeights: { dog: 2 } },
      2,
      'Expected --class-weights to be weights of classes that there are, got "dog". There are ant, bee, cow.',
    ],
    [
      { solver: 'ridge', gramLimit: 10 },
      1,
      'Expected a Gram matrix within --gram-limit for --solver ridge on codes of 400 numbers, found too many images. Use a larger --gram-limit, --pool avg, or --solver lbfgs.',
    ],
  ] as const)('refuses %j', async (options, exitCode, message) => {
    const made = await codedDataSet({ counts, shape: [400] })
    expect(await userErrorOf(() => trainHead({ ...made, ...options }))).toMatchObject({ exitCode, message })
  })

  it('refuses ridge on codes that are alike', async () => {
    const made = await codedDataSet({ counts: { ant: 3, bee: 3 }, shape: [10] })
    const options = { ...made, solver: 'ridge' as const, total: [1], repeats: 1 }
    expect((await userErrorOf(() => sweepSamples(options))).message).toBe(
      'Expected images whose codes differ for --solver ridge, found 1 alike. Train on more.',
    )
  })

  it('says where L-BFGS ran out of steps', async () => {
    const notes: string[] = []
    const made = await codedDataSet({ counts: { ant: 40, bee: 40, cow: 40 }, shape: [30], signal: 0.1 })
    await trainHead({ ...made, l2: 1e-12, onNote: (note) => notes.push(note) })
    expect(notes.join()).toMatch(/^L-BFGS was still on its way after 200 steps at an L2 of 1\.0e-12: /)
  })

  it('refuses ridge without a penalty on codes that leave directions empty', async () => {
    const made = await codedDataSet({ counts, shape: [110] })
    const error = await userErrorOf(() => trainHead({ ...made, solver: 'ridge', l2: 0 }))
    expect(error.message).toBe(
      'Expected an L2 that float32 can solve ridge regression with, found 0 too small. Give a larger --l2, or leave it out.',
    )
  })
})
