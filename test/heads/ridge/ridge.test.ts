import { describe, expect, it } from 'vitest'
import { createGemm, matrix } from '../../../src/engine/gemm.js'
import { argmaxRows } from '../../../src/heads/argmax.js'
import { chooseRidge } from '../../../src/heads/choose-ridge.js'
import { logits } from '../../../src/heads/linear-head.js'
import { ridge } from '../../../src/heads/ridge/ridge.js'
import { meanSquare } from '../../../src/heads/ridge/ridge-problem.js'
import { accuracyOf } from '../../../src/heads/score.js'
import { expectClose } from '../../helpers/expect-close.js'
import { solverCodes, solverReference } from '../solver-reference.js'

const gemm = createGemm(1)

async function solverOf(shape: 'tall' | 'wide', side: 'gram' | 'weight') {
  const data = solverCodes(shape, true)
  const features = side === 'gram' ? await gemm(data.codes, data.codes, { transposeB: true }) : data.codes
  return { data, features, solver: await ridge(gemm, side, matrix(features.rows, features.columns, features.data.slice()), data) }
}

/** A weak λ only in the space that suits the shape: in the other one the rounding of empty directions is divided by it. */
const cases = solverReference.ridge.flatMap((run) =>
  (['gram', 'weight'] as const).flatMap((side) =>
    run.alpha < 1 && (side === 'gram') !== (run.shape === 'wide') ? [] : [{ ...run, side }],
  ),
)

describe('ridge', () => {
  it.each(cases)('is that of scikit-learn: $shape, alpha $alpha, $side space', async (run) => {
    const { data, features, solver } = await solverOf(run.shape, run.side)
    const n = data.labels.length
    const fit = (await solver.fit(run.alpha / n)) ?? expect.fail('not solved')
    expectClose([fit.objective], [run.objective], { relative: 1e-5 })
    expectClose(fit.fitted.data.subarray(0, 10), run.first_scores, { absolute: 2e-5 })
    // As a head for codes that are not centred; its weights as scikit-learn's where they are W itself.
    const scores = await logits(gemm, fit, features)
    expectClose(scores.data, fit.fitted.data, { absolute: 2e-5 })
    if (run.side === 'weight') expectClose(fit.bias, run.intercept, { absolute: 2e-5 })
    // Errors of the heads that scikit-learn trains without a sample.
    const errors = run.left_out.map((_, i) => (solver.targets.data[i] ?? 0) - (fit.leftOut.data[i] ?? 0))
    expectClose(errors, run.left_out, { absolute: 5e-5 })
    expectClose([meanSquare(solver.targets, fit.leftOut)], [run.left_out_loss], { relative: 1e-4 })
  })
  it('is undefined where λ is too small for float32', async () => {
    const { solver } = await solverOf('wide', 'weight')
    expect(await solver.fit(0)).toBeUndefined()
  })
  it('solves without a penalty where the samples are fewer than their codes are long', async () => {
    const { solver } = await solverOf('wide', 'gram')
    const fit = (await solver.fit(0)) ?? expect.fail('not solved')
    expect(fit.objective).toBeLessThan(1e-8)
  })
})

describe('chooseRidge', () => {
  it('takes the λ whose left-out accuracy is best, the lower left-out loss on ties', async () => {
    const { data, solver } = await solverOf('wide', 'gram')
    const l2s = [10, 1, 0.1, 0.01]
    const choice = (await chooseRidge(solver, data.labels, l2s)) ?? expect.fail('no choice')
    const best = [...choice.trials].sort((a, b) => b.leftOut.accuracy - a.leftOut.accuracy || a.leftOut.loss - b.leftOut.loss)[0]
    expect(choice.fit.l2).toBe(best?.l2)
    expect(best?.leftOut.accuracy).toBe(accuracyOf(argmaxRows(choice.fit.leftOut), data.labels))
    expect(choice.trials.map(({ l2 }) => l2)).toEqual(l2s.slice(0, choice.trials.length))
  })
  it('ends where left-out samples fare clearly worse, or float32 fails', async () => {
    const { data, solver } = await solverOf('tall', 'weight')
    const overfitting = await solverOf('wide', 'weight')
    expect((await chooseRidge(solver, data.labels, [1e6, 1e-2, -1e9]))?.trials).toHaveLength(2)
    expect(await chooseRidge(overfitting.solver, data.labels, [0])).toBeUndefined()
  })
})
