import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { userErrorOf } from '../helpers/thrown.js'

const training = { solver: 'adam', lr: 0.02, epochs: 15 } as const

/** Labels that the codes tell: bees can fly; ants and bees are insects; of cows nothing is said. */
const several = { ant: 'insect', bee: 'insect;flies', cow: '' }

async function severalLabels(counts = { ant: 40, bee: 40, cow: 40 }) {
  const made = await codedDataSet({ counts, shape: [20], signal: 3 })
  const rows = made.files.map(({ path, label }) => `${path},${several[label as keyof typeof several]}`)
  return { ...made, labels: labelFile(rows) }
}

describe('trainHead with sigmoid outputs', () => {
  it.each([
    ['adam', training],
    ['lbfgs', {}],
    ['lbfgs', { solver: 'lbfgs', labelSmoothing: 0.1, classWeights: 'balanced' }],
    ['lbfgs', { l2: 0.01 }],
  ] as const)('learns several labels for each image, and none, by %s with %j', async (solver, options) => {
    const result = await trainHead({ ...(await severalLabels()), ...options })
    expect(result.solver).toBe(solver)
    expect(result).toMatchObject({ head: 'sigmoid', multiLabel: true, classes: 2 })
    if (!result.multiLabel) throw new Error('Expected the figures of several labels')
    expect(result.accuracy.test).toBeGreaterThan(0.95)
    expect(result.f1.macro).toBeGreaterThan(0.95)
    expect(result.classReport.map((row) => row.label)).toEqual(['flies', 'insect'])
  })

  it.each(['ridge', 'svm', 'knn', 'ncm'] as const)('refuses several labels with --solver %s', async (solver) => {
    const made = await severalLabels()
    const { message } = await userErrorOf(() => trainHead({ ...made, solver }))
    expect(message).toBe(
      `Expected one label for each image, which is all that --solver ${solver} learns, found images with several or none in ${made.labels}. Leave --solver out, or use lbfgs or adam.`,
    )
  })

  it('tells two classes by one output, which is true of the second', async () => {
    const made = await codedDataSet({ counts: { ant: 40, bee: 40 }, shape: [20], signal: 3 })
    const { accuracy, bundle } = await trainHead({ ...made, ...training, head: 'sigmoid' })
    expect(accuracy).toMatchObject({ train: 1, test: 1 })
    const { layers, labels } = JSON.parse(readFileSync(join(bundle ?? '', 'head.json'), 'utf8'))
    expect(labels).toEqual(['ant', 'bee'])
    expect(layers.map(({ type }: { type: string }) => type)).toEqual(['dense', 'sigmoid'])
  })

  it('tells each of three classes by an output of its own', async () => {
    const made = await codedDataSet({ counts: { ant: 40, bee: 40, cow: 40 }, shape: [20], signal: 3 })
    expect((await trainHead({ ...made, ...training, head: 'sigmoid' })).accuracy.test).toBeGreaterThan(0.95)
  })

  it('counts an image of one class as right where its output is the largest, on every part alike', async () => {
    const made = await codedDataSet({ counts: { ant: 40, bee: 40, cow: 40 }, shape: [20], signal: 3 })
    const { accuracy } = await trainHead({ ...made, ...training, epochs: 1, lr: 0.002, head: 'sigmoid' })
    expect(accuracy.train).toBeGreaterThan(accuracy.test - 0.15)
  })

  it('weighs labels that a sub-sample lacks as nothing with balanced weights, not as infinite', async () => {
    const made = await severalLabels({ ant: 60, bee: 30, cow: 60 }) // the first two of a sub-sample are an ant and a cow: neither flies
    const { points } = await sweepSamples({ ...made, ...training, classWeights: 'balanced', total: [2, 60], repeats: 2 })
    expect(points[1]?.mean).toBeGreaterThan(0.9)
  })
})
