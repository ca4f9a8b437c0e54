import { describe, expect, it } from 'vitest'
import { plainView } from '../../../src/images/augment/draw-view.js'
import { lightTable } from '../../../src/images/augment/light-table.js'

const logit = (p: number) => Math.log(p / (1 - p))

describe('lightTable', () => {
  it.each([
    ['nothing', {}, [0, 51, 102, 255]],
    ['twice as bright, white at most', { brightness: 2 }, [0, 102, 204, 255]],
    ['no light', { brightness: 0 }, [0, 0, 0, 0]],
    // 255 σ(logit(p) + logit(0.6)); p = 0.2: odds 1/4 · 3/2 = 3/8; p = 0.4: odds 2/3 · 3/2 = 1
    ['lighter in logits', { lighting: { shift: logit(0.6), contrast: 1 } }, [0, (255 * 3) / 11, 127.5, 255]],
    // odds squared: 1/16 and 4/9
    ['more contrast', { lighting: { shift: 0, contrast: 2 } }, [0, 255 / 17, (255 * 4) / 13, 255]],
    ['both: odds (3/8)² and 1', { lighting: { shift: logit(0.6), contrast: 2 } }, [0, (255 * 9) / 73, 127.5, 255]],
  ])('%s', (_name, change, expected) => {
    const table = lightTable({ ...plainView, ...change })
    for (const [at, level] of [0, 51, 102, 255].entries()) expect(table[level]).toBeCloseTo(expected[at] ?? Number.NaN, 3)
  })
})
