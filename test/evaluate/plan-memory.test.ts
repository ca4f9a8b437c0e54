import { describe, expect, it } from 'vitest'
import { memoryBudget } from '../../src/evaluate/memory-budget.js'
import { type LinearProblem, type MemoryPlan, planMemory } from '../../src/evaluate/plan-memory.js'
import { userErrorOf } from '../helpers/thrown.js'

const caltech: LinearProblem = { images: 8677, codeLength: 62_720, classes: 101, dtype: 'float16' }
const pooled: LinearProblem = { ...caltech, codeLength: 1280, dtype: 'float32' }
const large: LinearProblem = { images: 160_000, codeLength: 62_720, classes: 20, dtype: 'float16' }

/** What a plan takes at its peak, by the formulas of its description. */
function bytesOf({ images: n, codeLength, classes, dtype }: LinearProblem, plan: MemoryPlan): number {
  const block = 4 * codeLength * plan.blockRows
  if (plan.kind === 'gram') {
    const training = 4 * n ** 2 + (8 * plan.capacity + 20) * n * classes + 8 * codeLength * classes
    return 4 * n ** 2 + Math.max(training, plan.groupBytes + block)
  }
  const copies = plan.copies ? 12 * n * codeLength : 0
  const stored = plan.resident * codeLength * (dtype === 'float16' ? 2 : 4)
  return (plan.capacity + 5) * 4 * codeLength * classes + 20 * n * classes + block + stored + copies
}

describe('planMemory', () => {
  it.each<[string, LinearProblem, number, number, Partial<MemoryPlan>]>([
    ['the Gram matrix', caltech, 4e9, 2e9, { kind: 'gram', capacity: 44, blockRows: 802, groupBytes: 512 * 2 ** 20 }],
    ['a Gram matrix with fewer vectors', caltech, 0.9e9, 2e9, { kind: 'gram', capacity: 28 }],
    ['no Gram matrix above its limit', caltech, 64e9, 0.3e9, { kind: 'weight', copies: true, capacity: 44, resident: 8677 }],
    ['codes as they are stored, where copies do not fit', caltech, 4e9, 0, { kind: 'weight', copies: false, capacity: 44, resident: 8677 }],
    ['a part of the codes', caltech, 1.5e9, 0, { kind: 'weight', copies: false, capacity: 28, resident: 3864 }],
    ['next to none of the codes', caltech, 0.47e9, 0, { kind: 'weight', copies: false, capacity: 12, resident: 129, blockRows: 21 }],
    ['copies of short codes', pooled, 1e9, 2e9, { kind: 'weight', copies: true, capacity: 44, resident: 8677, blockRows: 8677 }],
    ['20 GB of codes in 2 GB', large, 2e9, 2e9, { kind: 'weight', copies: false, capacity: 28, resident: 12_508, blockRows: 802 }],
    ['codes in 16 rows at a time', large, 0.16e9, 2e9, { kind: 'weight', capacity: 12, blockRows: 16 }],
    ['three images', { images: 3, codeLength: 10, classes: 2, dtype: 'float32' }, 1e6, 2e9, { kind: 'gram', capacity: 44, blockRows: 3 }],
  ])('takes %s', (_, problem, memory, gramLimit, expected) => {
    const plan = planMemory(problem, { memory, gramLimit })
    expect(plan).toMatchObject(expected)
    expect(bytesOf(problem, plan)).toBeLessThanOrEqual(memory)
  })

  it.each([large, caltech, pooled, { ...large, classes: 1000 }])('stays within every memory that it takes: %j', async (problem) => {
    for (let memory = 64e9; memory > 1e6; memory *= 0.9) {
      try {
        const plan = planMemory(problem, { memory, gramLimit: 1e12 })
        expect(bytesOf(problem, plan), `${memory}`).toBeLessThanOrEqual(memory)
        expect(Math.min(plan.blockRows, plan.capacity)).toBeGreaterThanOrEqual(12)
      } catch (error) {
        if (!(error instanceof Error && error.name === 'UserError')) throw error
        break
      }
    }
  })

  it('refuses memory that does not hold the weights, and says how much would', async () => {
    const message = (memory: number) =>
      `Expected --memory to be at least 154 MB for weights of 62720 × 20, got ${memory} MB. Give more, or make the weights smaller: --pool avg, fewer --classes.`
    const error = await userErrorOf(() => planMemory(large, { memory: 100e6, gramLimit: 2e9 }))
    expect(error.message).toBe(message(100))
    expect(planMemory(large, { memory: 154e6, gramLimit: 2e9 }).capacity).toBe(12)
  })
})

describe('memoryBudget', () => {
  it.each([
    [8e9, 7e9, 4e9],
    [8e9, 5e9, 4e9],
    [8e9, 4.9e9, 2e9],
    [8e9, 0, 8e9 / 64],
  ])('of %d bytes, %d of them free: %d', (total, free, expected) => {
    expect(memoryBudget(undefined, { total, free })).toBe(expected)
    expect(memoryBudget(123, { total, free })).toBe(123)
  })

  it('knows this machine', () => {
    expect(memoryBudget()).toBeGreaterThan(50e6)
  })
})
