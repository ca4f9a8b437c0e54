import { describe, it } from 'vitest'
import { schedules } from '../../../src/heads/schedules/index.js'
import { plateau } from '../../../src/heads/schedules/plateau.js'
import reference from '../../fixtures/schedules.json' with { type: 'json' }
import { expectClose } from '../../helpers/expect-close.js'

const options = { rate: 0.1, steps: 4000 }

describe('schedules', () => {
  it.each([
    ['constant', [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]],
    ['cosine', [0.1, 0.05 * (1 + Math.cos(Math.PI / 8)), 0.05 * (1 + Math.SQRT1_2), 0.05, 0, 0]],
    // From 1/25 of it up, after a quarter of the steps down to 1/100,000 of it: fast.ai's fit_one_cycle, t = step / steps.
    ['one-cycle', [0.004, 0.052, 0.1, 0.1 * (0.5 + 0.25 + 0.25e-5), 1e-6, 1e-6]],
    ['plateau', [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]],
  ] as const)('%s', (name, wanted) => {
    const schedule = schedules[name](options)
    expectClose(
      [0, 500, 1000, 2000, 4000, 4100].map((step) => schedule.rate(step)),
      wanted,
      { absolute: 1e-12 },
    )
  })

  it("cosine is Keras' CosineDecay", () => {
    expectClose(reference.steps.map(schedules.cosine(options).rate), reference.cosine, { absolute: 1e-8 })
  })

  // torch reaches the top and the end one step earlier than fast.ai: of 4,000 steps that is up to 0.0008 of a rise or a fall.
  it("one-cycle is torch's OneCycleLR, but for one step", () => {
    expectClose(reference.steps.map(schedules['one-cycle'](options).rate), reference.oneCycle, { absolute: 0.1 * 0.002 })
  })
})

describe('plateau', () => {
  it.each(reference.plateau)("of patience $patience is Keras' ReduceLROnPlateau", ({ patience, losses, rates }) => {
    const schedule = plateau({ ...options, patience })
    const found = losses.map((loss) => {
      schedule.afterEpoch?.(loss)
      return schedule.rate(0)
    })
    expectClose(found, rates, { relative: 1e-6 })
  })
})
