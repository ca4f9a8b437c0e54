import { describe, expect, it } from 'vitest'
import { createGemm, matrix } from '../../src/engine/gemm.js'
import { Basis, type Coordinates } from '../../src/heads/basis.js'
import { gramSpace } from '../../src/heads/gram-space.js'
import { centreColumns } from '../../src/heads/vector.js'
import { weightSpace } from '../../src/heads/weight-space.js'
import { expectClose } from '../helpers/expect-close.js'
import { u } from './reference-codes.js'

const gemm = createGemm(1)
const [n, d, classes] = [20, 40, 3]
const codes = matrix(
  n,
  d,
  Float32Array.from({ length: n * d }, (_, i) => u(50, i) - 0.2),
)
const spaces = {
  gram: async () => gramSpace(gemm, await gemm(codes, codes, { transposeB: true })),
  weight: () => weightSpace(gemm, codes),
}

/** Three vectors, each but the first within a hundredth of the one before; and ⟨W, W'⟩, X̃W and μᵀW of each by way of W itself. */
async function filled(side: keyof typeof spaces) {
  const space = await spaces[side]()
  const basis = new Basis(space, classes)
  const points: Coordinates[] = []
  const direct: { weights: number[]; logits: number[]; shift: number[] }[] = []
  for (let k = 0; k < 3; k++) {
    const made = matrix(space.features, classes)
    for (let j = 0; j <= k; j++)
      for (let i = 0; i < made.data.length; i++) made.data[i] = (made.data[i] ?? 0) + 1e-2 ** j * (u(60 + j, i) - 0.5)
    if (side === 'gram') centreColumns(made)
    const weights = side === 'gram' ? await gemm(codes, made, { transposeA: true }) : matrix(d, classes, made.data.slice())
    points.push(await basis.add(made))
    const product = await gemm(codes, weights)
    const shift = centreColumns(product)
    direct.push({ weights: [...weights.data], logits: [...product.data], shift: [...shift] })
  }
  return { basis, points, direct }
}

const innerOf = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0)
const difference = (a: readonly number[], b: readonly number[]) =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, k) => (a[k] ?? 0) - (b[k] ?? 0))

describe.each(['gram', 'weight'] as const)('Basis in %s space', (side) => {
  async function expectFaithful(basis: Basis, points: readonly Coordinates[], direct: Awaited<ReturnType<typeof filled>>['direct']) {
    for (const [k, point] of points.entries()) {
      const truth = direct[k] ?? { weights: [], logits: [], shift: [] }
      expectClose([basis.inner(point, points[0] ?? [])], [innerOf(truth.weights, direct[0]?.weights ?? [])], { relative: 1e-5 })
      const logits = matrix(n, classes)
      await basis.logits(point, logits)
      expectClose(logits.data, truth.logits, { absolute: 2e-5 * Math.max(...truth.logits) })
      expectClose(basis.shift(point), truth.shift, { relative: 1e-5, absolute: 1e-5 })
    }
  }
  it('holds inner products, logits and shifts of vectors that resemble one another', async () => {
    const { basis, points, direct } = await filled(side)
    await expectFaithful(basis, points, direct)
    const gap = difference(points[1] ?? [], points[0] ?? [])
    const truth = difference(direct[1]?.weights ?? [], direct[0]?.weights ?? [])
    expectClose([basis.inner(gap, gap)], [innerOf(truth, truth)], { relative: 1e-2 })
  })
  it('keeps them when it is made anew from fewer points', async () => {
    const { basis, points, direct } = await filled(side)
    const kept = basis.rebase([points[1] ?? [], points[0] ?? []])
    expect(basis.size).toBe(2)
    await expectFaithful(basis, kept.toReversed(), direct.slice(0, 2))
  })
  it('does not grow by what it holds', async () => {
    const { basis, points } = await filled(side)
    const size = basis.size
    const zero = basis.coefficients([])
    expect(await basis.add(zero)).toEqual(new Array(size).fill(0))
    const again = await basis.add(basis.coefficients(points[1] ?? []))
    expect(basis.size).toBe(size)
    expectClose(again, [...(points[1] ?? []), 0], { absolute: 1e-3 })
  })
})
