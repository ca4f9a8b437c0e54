import { describe, expect, it } from 'vitest'
import { createGemm } from '../../../src/engine/gemm.js'
import { balancedWeights } from '../../../src/heads/class-weights.js'
import { binaryCrossEntropy } from '../../../src/heads/convex/binary-cross-entropy.js'
import type { ConvexLoss } from '../../../src/heads/convex/convex-loss.js'
import { crossEntropy } from '../../../src/heads/convex/cross-entropy.js'
import { squaredHinge } from '../../../src/heads/convex/squared-hinge.js'
import { fitLinear } from '../../../src/heads/fit-linear.js'
import { gramSpace } from '../../../src/heads/gram-space.js'
import { classCounts } from '../../../src/heads/labels.js'
import { weightSpace } from '../../../src/heads/weight-space.js'
import { type ReferenceCodes, u } from '../reference-codes.js'
import { solverCodes, solverReference } from '../solver-reference.js'

const gemm = createGemm(1)
const balanced = ({ labels, classes }: ReferenceCodes) => ({ classWeights: balancedWeights(classCounts(labels, classes)) })
const losses: Readonly<Record<string, (data: ReferenceCodes) => ConvexLoss>> = {
  softmax: ({ labels, classes }) => crossEntropy(labels, classes),
  svm: ({ labels, classes }) => squaredHinge(labels, classes),
  sigmoid: ({ labels }) =>
    binaryCrossEntropy(
      Uint8Array.from({ length: 4 * labels.length }, (_, i) => (u(78, i) < 0.35 ? 1 : 0)),
      4,
    ),
  balanced_softmax: (data) => crossEntropy(data.labels, data.classes, balanced(data)),
  balanced_svm: (data) => squaredHinge(data.labels, data.classes, balanced(data)),
}
const cases = solverReference.runs.flatMap((run) =>
  Object.keys(losses).flatMap((name) => {
    const objective = run[name]
    return objective === undefined ? [] : (['gram', 'weight'] as const).map((side) => ({ ...run, name, side, objective }))
  }),
)

describe('fitLinear', () => {
  it.each(cases)('reaches the objective of scikit-learn: $name, $shape, skewed $skewed, C = $C, $side space', async (run) => {
    const data = solverCodes(run.shape, run.skewed)
    const { codes, labels } = data
    const loss = losses[run.name]?.(data) ?? expect.fail(run.name)
    const space = run.side === 'gram' ? gramSpace(gemm, await gemm(codes, codes, { transposeB: true })) : weightSpace(gemm, codes)
    const l2 = 1 / (2 * labels.length * run.C * (run.name === 'sigmoid' ? loss.outputs : 1))
    const fit = await fitLinear(await space, loss, { l2, tolerance: 1e-6, maxIterations: 2000 })
    expect(Math.abs(fit.objective / run.objective - 1)).toBeLessThan(1e-5)
  })
})
