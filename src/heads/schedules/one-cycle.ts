import { between } from './cosine.js'
import type { Schedule, ScheduleOptions } from './schedule.js'

/** Share of the steps that rise, and how far below the highest rate it begins and ends: fast.ai's. */
const [rise, start, end] = [0.25, 25, 1e5]

/** Up along half a cosine for a quarter of the steps, then down to almost nothing. Source: Smith (2018); fast.ai's fit_one_cycle (rates only). */
export function oneCycle({ rate, steps }: ScheduleOptions): Schedule {
  return {
    rate(step) {
      const t = step / steps
      return t < rise ? between(rate / start, rate, t / rise) : between(rate, rate / end, (t - rise) / (1 - rise))
    },
  }
}
