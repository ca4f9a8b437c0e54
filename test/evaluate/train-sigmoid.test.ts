import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'

const training = { solver: 'adam', lr: 0.02, epochs: 15 } as const

/** Labels that the codes tell: bees can fly; ants and bees are insects; of cows nothing is said. */
const several = { ant: 'insect', bee: 'insect;flies', cow: '' }

async function severalLabels() {
  const made = await codedDataSet({ counts: { ant: 40, bee: 40, cow: 40 }, shape: [20], signal: 3 })
  const rows = made.files.map(({ path, label }) => `${path},${several[label as keyof typeof several]}`)
  return { ...made, labels: labelFile(rows) }
}

describe('trainHead with sigmoid outputs', () => {
  it('learns several labels for each image, and none', async () => {
    const result = await trainHead({ ...(await severalLabels()), ...training })
    expect(result).toMatchObject({ head: 'sigmoid', multiLabel: true, classes: 2 })
    if (!result.multiLabel) throw new Error('Expected the figures of several labels')
    expect(result.accuracy.test).toBeGreaterThan(0.95)
    expect(result.f1.macro).toBeGreaterThan(0.95)
    expect(result.classReport.map((row) => row.label)).toEqual(['flies', 'insect'])
  })

  it('takes Adam for it unless asked otherwise', async () => {
    const { solver } = await trainHead({ ...(await severalLabels()), epochs: 1 })
    expect(solver).toBe('adam')
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
})
