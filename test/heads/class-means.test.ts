import { describe, expect, it } from 'vitest'
import { createGemm } from '../../src/engine/gemm.js'
import { argmaxRows } from '../../src/heads/argmax.js'
import { classMeans } from '../../src/heads/class-means.js'
import { gramSpace } from '../../src/heads/gram-space.js'
import { logits } from '../../src/heads/linear-head.js'
import { weightSpace } from '../../src/heads/weight-space.js'
import { freshCodes, solverCodes, solverReference } from './solver-reference.js'

const gemm = createGemm(1)
const cases = solverReference.means.flatMap((run) => (['gram', 'weight'] as const).map((side) => ({ ...run, side })))

describe('classMeans', () => {
  it.each(cases)("takes the classes of scikit-learn's NearestCentroid: $shape, $side space", async ({ shape, side, predicted }) => {
    const { codes, labels, classes } = solverCodes(shape, true)
    const fresh = freshCodes(shape)
    const gram = await gemm(codes, codes, { transposeB: true })
    const head = await classMeans(side === 'gram' ? await gramSpace(gemm, gram) : await weightSpace(gemm, codes), labels, classes)
    const features = side === 'gram' ? await gemm(fresh, codes, { transposeB: true }) : fresh
    expect([...argmaxRows(await logits(gemm, head, features))]).toEqual(predicted)
  })
  it('never takes a class without samples', async () => {
    const { codes, labels, classes } = solverCodes('tall')
    const head = await classMeans(await weightSpace(gemm, codes), labels, classes + 1)
    expect(head.bias[classes]).toBe(Number.NEGATIVE_INFINITY)
    expect(argmaxRows(await logits(gemm, head, codes)).every((c) => c < classes)).toBe(true)
  })
})
