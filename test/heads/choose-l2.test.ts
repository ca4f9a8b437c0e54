import { beforeAll, describe, expect, it } from 'vitest'
import { createGemm, type Matrix, matrix } from '../../src/engine/gemm.js'
import { argmaxRows } from '../../src/heads/argmax.js'
import { chooseL2, l2Grid } from '../../src/heads/choose-l2.js'
import { crossEntropy } from '../../src/heads/convex/cross-entropy.js'
import { fitLinear } from '../../src/heads/fit-linear.js'
import { gramSpace } from '../../src/heads/gram-space.js'
import { type LinearHead, logits } from '../../src/heads/linear-head.js'
import { accuracyOf } from '../../src/heads/score.js'
import type { Space } from '../../src/heads/space.js'
import { u, wideCodes } from './reference-codes.js'

const gemm = createGemm(1)
const { codes, labels, classes } = wideCodes()
const part = (from: number, to: number) => matrix(to - from, codes.columns, codes.data.subarray(from * codes.columns, to * codes.columns))
const train = labels.subarray(0, 90)
const validationLabels = labels.subarray(90)
const loss = crossEntropy(train, classes)
const held = (of: Uint16Array) => ({ logits: (head: LinearHead) => logits(gemm, head, features), loss: crossEntropy(of, classes) })
let space: Space
let features: Matrix

beforeAll(async () => {
  space = await gramSpace(gemm, await gemm(part(0, 90), part(0, 90), { transposeB: true }))
  features = await gemm(part(90, 128), part(0, 90), { transposeB: true })
})

describe('chooseL2', () => {
  it('takes the most accurate trial, the one of lower validation loss on ties', async () => {
    const { l2, fit, trials } = await chooseL2(space, loss, held(validationLabels))
    const best = Math.max(...trials.map(({ validation }) => validation.accuracy))
    const tied = trials.filter(({ validation }) => validation.accuracy === best)
    expect(l2).toBe(tied.sort((a, b) => a.validation.loss - b.validation.loss)[0]?.l2)
    expect(fit.l2).toBe(l2)
    expect(accuracyOf(argmaxRows(await logits(gemm, fit, features)), validationLabels)).toBe(best)
  })
  it('walks from strong to weak in units of the scale, in few steps', async () => {
    const { trials } = await chooseL2(space, loss, held(validationLabels))
    expect(trials.map(({ l2 }) => l2)).toEqual(l2Grid.slice(0, trials.length).map((ratio) => ratio * space.scale))
    expect(trials.reduce((sum, { iterations }) => sum + iterations, 0)).toBeLessThan(30)
  })
  it('reaches at each λ what a fit of its own reaches', async () => {
    const { trials } = await chooseL2(space, loss, held(validationLabels), { tolerance: 1e-5 })
    for (const { l2, objective } of trials) {
      const alone = await fitLinear(space, loss, { l2, tolerance: 1e-5 })
      expect(Math.abs(objective / alone.objective - 1)).toBeLessThan(2e-5)
    }
  })
  it('ends the path where the validation loss has become clearly worse', async () => {
    const noise = Uint16Array.from({ length: 38 }, (_, i) => Math.floor(u(7, i) * classes))
    const { trials } = await chooseL2(space, loss, held(noise))
    expect(trials.length).toBeLessThan(l2Grid.length)
    expect(trials.at(-1)?.validation.loss).toBeGreaterThan(1.25 * Math.min(...trials.map(({ validation }) => validation.loss)))
  })
  it('refuses an empty grid', async () => {
    const choice = chooseL2(space, loss, held(validationLabels), { grid: [] })
    await expect(choice).rejects.toThrow('Expected the grid to hold at least one value, got none')
  })
})
