import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createGemm, type Matrix, matrix } from '../../src/engine/gemm.js'
import { argmaxRows } from '../../src/heads/argmax.js'
import { crossEntropy } from '../../src/heads/convex/cross-entropy.js'
import { fitLinear } from '../../src/heads/fit-linear.js'
import { gramSpace } from '../../src/heads/gram-space.js'
import { type LinearHead, logits } from '../../src/heads/linear-head.js'
import { accuracyOf } from '../../src/heads/score.js'
import { weightSpace } from '../../src/heads/weight-space.js'
import { type ReferenceCodes, tallCodes, wideCodes } from './reference-codes.js'

interface ReferenceRun {
  readonly n: number
  readonly d: number
  readonly C: number
  readonly objective: number
  readonly first_probabilities: readonly number[]
}

const reference: { readonly runs: readonly ReferenceRun[] } = JSON.parse(readFileSync('test/fixtures/heads.json', 'utf8'))
const gemm = createGemm(1)
const tight = { tolerance: 1e-5, maxIterations: 2000 }

/** f for a head given as W [D, C] and b, in float64 from its definition. */
function objectiveOf({ codes, labels, classes }: ReferenceCodes, weights: Matrix, bias: ArrayLike<number>, l2: number): number {
  const { rows: n, columns: d } = codes
  const norm = weights.data.reduce((sum, w) => sum + w * w, 0)
  let loss = 0
  for (let i = 0; i < n; i++) {
    const z = Array.from({ length: classes }, (_, c) => {
      let sum = bias[c] ?? 0
      for (let k = 0; k < d; k++) sum += (codes.data[i * d + k] ?? 0) * (weights.data[k * classes + c] ?? 0)
      return sum
    })
    const top = Math.max(...z)
    loss += top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0)) - (z[labels[i] ?? 0] ?? 0)
  }
  return loss / n + l2 * norm
}

/** The same codes in both spaces: how to fit, and how to get W. */
async function spacesOf({ codes }: ReferenceCodes) {
  const gram = await gemm(codes, codes, { transposeB: true })
  return {
    gram: {
      space: await gramSpace(gemm, gram),
      features: gram,
      weights: (head: LinearHead) => gemm(codes, head.coefficients, { transposeA: true }),
    },
    weight: { space: await weightSpace(gemm, codes), features: codes, weights: async (head: LinearHead) => head.coefficients },
  }
}

const cases = reference.runs.flatMap((run) =>
  (['gram', 'weight'] as const).map((side) => ({ run, side, name: `${run.n} × ${run.d}, C = ${run.C}, ${side} space` })),
)

describe('fitLinear', () => {
  it.each(cases)('reaches the objective of scikit-learn: $name', async ({ run, side }) => {
    const data = run.d < run.n ? tallCodes() : wideCodes()
    const { space, weights, features } = (await spacesOf(data))[side]
    const l2 = 1 / (2 * run.n * run.C)
    const fit = await fitLinear(space, crossEntropy(data.labels, data.classes), { l2, ...tight })
    expect(fit.converged).toBe(true)
    expect(fit.objective * run.n).toBeLessThan(run.objective * (1 + 1e-5))
    expect(fit.objective * run.n).toBeGreaterThan(run.objective * (1 - 1e-5))
    // the same from the definition, through W and b: so W = XᵀA and the bias for codes that are not centred are right
    const direct = objectiveOf(data, await weights(fit), fit.bias, l2)
    expect(Math.abs(direct * run.n - run.objective)).toBeLessThan(1e-5 * run.objective)
    const z = (await logits(gemm, fit, features)).data.subarray(0, data.classes)
    const total = z.reduce((sum, value) => sum + Math.exp(value), 0)
    for (const [c, probability] of run.first_probabilities.entries()) expect(Math.exp(z[c] ?? 0) / total).toBeCloseTo(probability, 2)
  })
  it('starts, with classes of equal size, at ln C', async () => {
    const { codes, labels, classes } = tallCodes()
    const balanced = labels.subarray(0, 510)
    const space = await weightSpace(gemm, matrix(510, codes.columns, codes.data.subarray(0, 510 * codes.columns)))
    const fit = await fitLinear(space, crossEntropy(balanced, classes), { l2: 1, maxIterations: 0 })
    expect(fit).toMatchObject({ iterations: 0, converged: false })
    expect(fit.objective).toBeCloseTo(Math.log(10), 6)
    expect(fit.coefficients.data.every((value) => value === 0)).toBe(true)
  })
  it('stays finite on separable classes without a penalty', async () => {
    const data = wideCodes()
    const { space, features } = (await spacesOf(data)).gram
    const fit = await fitLinear(space, crossEntropy(data.labels, data.classes), { l2: 0, maxIterations: 500 })
    expect(fit.converged).toBe(true)
    expect(fit.objective).toBeLessThan(1e-5)
    expect(fit.coefficients.data.every(Number.isFinite)).toBe(true)
    expect(accuracyOf(argmaxRows(await logits(gemm, fit, features)), data.labels)).toBe(1)
  })
  it('gives up, and says so, where float32 has no digits left', async () => {
    const data = tallCodes()
    const { space } = (await spacesOf(data)).weight
    const fit = await fitLinear(space, crossEntropy(data.labels, data.classes), { l2: 0.01, tolerance: 0, maxIterations: 1000 })
    expect(fit.converged).toBe(false)
    expect(fit.iterations).toBeLessThan(100)
  })
  it('goes on from a head of some of the samples, filled up with zeros', async () => {
    const data = wideCodes()
    const part = 100
    const { space, features } = (await spacesOf(data)).gram
    const few = matrix(
      part,
      part,
      Float32Array.from({ length: part * part }, (_, i) => features.data[Math.floor(i / part) * 128 + (i % part)] ?? 0),
    )
    const l2 = 0.05
    const first = await fitLinear(await gramSpace(gemm, few), crossEntropy(data.labels.subarray(0, part), data.classes), { l2, ...tight })
    const coefficients = matrix(128, data.classes)
    coefficients.data.set(first.coefficients.data)
    const cold = await fitLinear(space, crossEntropy(data.labels, data.classes), { l2, ...tight })
    const warm = await fitLinear(space, crossEntropy(data.labels, data.classes), {
      l2,
      start: { coefficients, bias: first.bias },
      ...tight,
    })
    const resumed = await fitLinear(space, crossEntropy(data.labels, data.classes), { l2, start: cold, maxIterations: 0 })
    expect(Math.abs(warm.objective / cold.objective - 1)).toBeLessThan(1e-5)
    const [far, near] = [
      await fitLinear(space, crossEntropy(data.labels, data.classes), { l2, maxIterations: 0 }),
      await fitLinear(space, crossEntropy(data.labels, data.classes), { l2, start: { coefficients, bias: first.bias }, maxIterations: 0 }),
    ]
    expect(near.objective - cold.objective).toBeLessThan(0.2 * (far.objective - cold.objective))
    expect(Math.abs(resumed.objective / cold.objective - 1)).toBeLessThan(1e-6)
  })
  it.each(['gram', 'weight'] as const)('is not disturbed by codes far from the origin, in %s space', async (side) => {
    const data = wideCodes()
    const moved = matrix(
      data.codes.rows,
      data.codes.columns,
      data.codes.data.map((value) => value + 2),
    )
    const [near, far] = [(await spacesOf(data))[side], (await spacesOf({ ...data, codes: moved }))[side]]
    expect(far.space.scale / near.space.scale).toBeCloseTo(1, 4)
    const options = { l2: 0.05, tolerance: 1e-3 }
    const a = await fitLinear(near.space, crossEntropy(data.labels, data.classes), options)
    const b = await fitLinear(far.space, crossEntropy(data.labels, data.classes), options)
    expect(b.iterations).toBeLessThanOrEqual(a.iterations + 1)
    expect(Math.abs(b.objective / a.objective - 1)).toBeLessThan(1e-3)
    const direct = objectiveOf({ ...data, codes: moved }, await far.weights(b), b.bias, options.l2)
    expect(Math.abs(direct / b.objective - 1)).toBeLessThan(1e-5)
  })
  it.each(['gram', 'weight'] as const)('keeps its way where its basis is made anew, in %s space', async (side) => {
    const data = tallCodes()
    for (let i = 0; i < data.codes.data.length; i++) data.codes.data[i] = (data.codes.data[i] ?? 0) * 0.02 ** ((i % 64) / 63)
    const { space } = (await spacesOf(data))[side]
    const options = { l2: 1e-6 * space.scale, maxIterations: 40, tolerance: 0 }
    const whole = await fitLinear(space, crossEntropy(data.labels, 10), options)
    const renewed = await fitLinear(space, crossEntropy(data.labels, 10), { ...options, capacity: 24 }) // seven times
    expect([whole.iterations, renewed.iterations]).toEqual([40, 40])
    expect(Math.abs(renewed.objective / whole.objective - 1)).toBeLessThan(1e-6)
  })
  it('gives the same bits twice', async () => {
    const data = wideCodes()
    const { space } = (await spacesOf(data)).gram
    const [a, b] = [
      await fitLinear(space, crossEntropy(data.labels, 10), { l2: 0.01 }),
      await fitLinear(space, crossEntropy(data.labels, 10), { l2: 0.01 }),
    ]
    expect(a).toEqual(b)
    expect(argmaxRows(matrix(2, 3, Float32Array.of(1, 5, 5, 7, 7, 0)))).toEqual(Int32Array.of(1, 0))
  })
})
