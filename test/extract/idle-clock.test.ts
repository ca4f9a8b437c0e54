import { describe, expect, it } from 'vitest'
import { IdleClock } from '../../src/extract/idle-clock.js'

describe('IdleClock', () => {
  type Steps = readonly (readonly [change: { readonly busy?: number; readonly writes?: number }, now: number])[]
  it.each<[string, Steps, { read: number; write: number }]>([
    ['threads that had nothing to do', [], { read: 1, write: 0 }],
    ['a thread of two', [[{ busy: 1 }, 1000]], { read: 0.5, write: 0 }],
    [
      'a thread of two for half of the time',
      [
        [{ busy: 2 }, 1000],
        [{ busy: -1 }, 1500],
      ],
      { read: 0.25, write: 0 },
    ],
    ['threads while a result is written', [[{ writes: 1 }, 1000]], { read: 0, write: 1 }],
    [
      'threads first of what is written, then of what is not read yet',
      [
        [{ busy: 1, writes: 2 }, 1000],
        [{ writes: -1 }, 1250],
        [{ writes: -1 }, 1500],
      ],
      { read: 0.25, write: 0.25 },
    ],
    ['no thread where more batches are with them than there are threads', [[{ busy: 5 }, 1000]], { read: 0, write: 0 }],
  ])('counts %s', (_, steps, shares) => {
    const clock = new IdleClock({ size: 2 }, 1000)
    for (const [change, now] of steps) clock.change(change, now)
    expect(clock.shares(2000)).toEqual(shares)
  })

  it('counts threads that start later from then on', () => {
    const pool = { size: 1 }
    const clock = new IdleClock(pool, 0)
    clock.change({ busy: 1 }, 0)
    clock.change({}, 500)
    pool.size = 4
    expect(clock.shares(1000)).toEqual({ read: 0.375, write: 0 })
  })

  it('goes on after it was asked, and has no shares of no time', () => {
    const clock = new IdleClock({ size: 1 }, 0)
    expect(clock.shares(0)).toEqual({ read: 0, write: 0 })
    expect(clock.shares(10)).toEqual({ read: 1, write: 0 })
    clock.change({ busy: 1 }, 10)
    expect(clock.shares(20)).toEqual({ read: 0.5, write: 0 })
  })
})
