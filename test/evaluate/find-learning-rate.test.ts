import { describe, expect, it } from 'vitest'
import { findLearningRate } from '../../src/evaluate/find-learning-rate.js'
import type { HeadOptions } from '../../src/evaluate/head-options.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { userErrorOf } from '../helpers/thrown.js'

const coded = () => codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [20] })
const nothing = (flag: string, got: unknown) => `Expected ${flag} to be left out with --find-lr, to which it means nothing, got ${got}.`

describe('findLearningRate', () => {
  it.each<[HeadOptions, string]>([
    [{ lr: 0.1 }, nothing('--lr', 0.1)],
    [{ schedule: 'cosine' }, nothing('--schedule', '"cosine"')],
    [{ epochs: 3 }, nothing('--epochs', 3)],
    [{ monitor: 'loss' }, nothing('--monitor', '"loss"')],
    [{ patience: 2 }, nothing('--patience', 2)],
    [{ solver: 'svm' }, 'Expected --solver to be an optimizer such as adam with --find-lr, got "svm".'],
  ])('refuses %j', async (options, message) => {
    const made = await coded()
    expect(await userErrorOf(() => findLearningRate({ ...made, ...options }))).toMatchObject({ message, exitCode: 2 })
  })

  it('suggests a rate for an optimizer, without the note on its default', async () => {
    const notes: string[] = []
    const { suggestion, points, solver } = await findLearningRate({
      ...(await coded()),
      solver: 'adadelta',
      onNote: (note) => notes.push(note),
    })
    expect([solver, notes]).toEqual(['adadelta', []])
    expect(points.some(({ lr }) => lr === suggestion)).toBe(true)
  })
})
