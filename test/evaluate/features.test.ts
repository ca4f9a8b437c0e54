import { describe, expect, it } from 'vitest'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { type FeatureOptions, type Features, openFeatures } from '../../src/evaluate/features.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { crossEntropy } from '../../src/heads/convex/cross-entropy.js'
import { fitLinear } from '../../src/heads/fit-linear.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectClose } from '../helpers/expect-close.js'
import { labelFile } from '../helpers/label-file.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 }
const tasks = [
  ['longer than images', [300], 'none'],
  ['shorter than images', [60], 'none'],
  ['pooled', [2, 2, 50], 'max'],
] as const

type Made = Awaited<ReturnType<typeof codedDataSet>>

/** Trains on every second image and tells all that can be asked of features. */
async function trained({ data, cache }: Made, options: FeatureOptions) {
  const opened = openDataSet({ data, cache })
  const features = await openFeatures(opened, options)
  const everyOther = (first: number) => Int32Array.from({ length: 60 }, (_, at) => first + 2 * at)
  // Not in the order of storage: the last come first.
  const train = everyOther(0).reverse()
  const labels = train.map((sample) => ['ant', 'bee', 'cow'].indexOf(opened.images[sample]?.label ?? ''))
  const space = await features.space(train)
  const fit = await fitLinear(space, crossEntropy(labels, 3), { l2: 0.01, tolerance: 1e-6 })
  const scores = await (await features.scorer(everyOther(1), train))(fit)
  const weights = await features.weights(fit, train)
  opened.catalog.close()
  return { features, space, fit, scores, weights }
}

describe('openFeatures', () => {
  it.each(tasks)('trains the same head on codes %s, however little memory there is', async (_, shape, pool) => {
    const made = await codedDataSet({ counts, shape: [...shape], signal: 1 })
    const whole = await trained(made, { pool, memory: 1e9 })
    const length = whole.features.codeLength
    const perRow = 4 * length
    const weights = (vectors: number) => (vectors + 5) * 4 * length * 3 + 20 * 120 * 3
    const cases: readonly [number, number | undefined][] = [
      [weights(44) + (120 + 40) * perRow, 44], // all codes stay in memory
      [weights(28) + 80 * perRow, 28], // some of them
      [weights(12) + 16 * perRow, 12], // none: blocks of 16 rows
    ]
    for (const [memory, capacity] of cases) {
      const { features, space, fit, scores, weights } = await trained(made, { pool, memory, gramLimit: 0 })
      expect([features.kind, space.capacity]).toEqual(['weight', capacity])
      expect(fit.objective).toBeCloseTo(whole.fit.objective, 6)
      expectClose(scores.data, whole.scores.data, { absolute: 2e-2 })
      expectClose(weights.data, whole.weights.data, { absolute: 2e-2 })
    }
  })

  it('is the same to the bit whichever codes stay in memory', async () => {
    const made = await codedDataSet({ counts, shape: [60], signal: 1 })
    const block = 16 * 4 * 60
    const least = (12 + 5) * 4 * 60 * 3 + 20 * 120 * 3
    const objectives: number[] = []
    for (const resident of [0, 5, 11]) {
      const { fit } = await trained(made, { pool: 'none', memory: least + block + resident * 4 * 60 })
      objectives.push(fit.objective)
    }
    expect(new Set(objectives).size).toBe(1)
  })

  it('gathers codes of any samples in any order', async () => {
    const made = await codedDataSet({ counts, shape: [60] })
    const opened = openDataSet(made)
    const of = async (features: Features) => [...(await features.of(Int32Array.of(7, 119, 3, 7), Int32Array.of())).data]
    const least = (12 + 5) * 4 * 60 * 3 + 20 * 120 * 3
    const [whole, little] = [
      await of(await openFeatures(opened, { pool: 'none', memory: 1e9 })),
      await of(await openFeatures(opened, { pool: 'none', memory: least + 20 * 4 * 60 })),
    ]
    expect(little).toEqual(whole)
    expect(whole.slice(0, 60)).toEqual(whole.slice(180))
    opened.catalog.close()
  })

  it.each([1e9, 110_000])('refuses codes that are not finite by the path of the image, with %d bytes of memory', async (memory) => {
    const made = await codedDataSet({ counts, shape: [300], signal: Number.NaN })
    const error = await userErrorOf(() => trainHead({ ...made, memory }))
    expect(error.message).toMatch(/^Expected finite numbers in the code of ant\/0\.png, found NaN or infinity: /)
  })

  it('counts labels, not their combinations, where images have several', async () => {
    const { data, cache, files } = await codedDataSet({ counts: { ant: 120 }, shape: [60] })
    const combination = (at: number) => [...'abcdefgh'].filter((_, bit) => (at >> bit) & 1).join(';')
    const labels = labelFile(files.map(({ path }, at) => `${path},${combination(at)}`))
    const opened = openDataSet({ data, cache, labels })
    const least = (12 + 5) * 4 * 60 * 7 + 20 * 120 * 7
    const { space } = await openFeatures(opened, { pool: 'none', memory: least + 16 * 4 * 60 })
    expect((await space(Int32Array.of(0, 1, 2))).capacity).toBe(12)
    opened.catalog.close()
  })

  it('trains, chooses the L2 and saves a head with little memory as with much', async () => {
    const made = await codedDataSet({ counts, shape: [300], signal: 3 })
    const [much, little] = [await trainHead({ ...made, memory: 1e9 }), await trainHead({ ...made, memory: 110_000 })]
    expect([much.space, little.space]).toEqual(['gram', 'weight'])
    expect(little.accuracy.test).toBe(much.accuracy.test)
    expect(little.l2).toBeCloseTo(much.l2 ?? 0, 6)
    const error = await userErrorOf(() => trainHead({ ...made, memory: 50_000 }))
    expect(error.message).toBe(
      'Expected --memory to be at least 1 MB for weights of 300 × 3, got 1 MB. Give more, or make the weights smaller: --pool avg, fewer --classes.',
    )
  })
})
