import type { Schedule, ScheduleOptions } from './schedule.js'

/**
 * A tenth of the rate after every `patience` (10) epochs that bring no gain of more than 1e-4. Source: Keras 3, ReduceLROnPlateau.
 */
export function plateau({ rate, factor = 0.1, patience = 10 }: ScheduleOptions & { factor?: number; patience?: number }): Schedule {
  let [now, best, waited] = [rate, Number.POSITIVE_INFINITY, 0]
  return {
    rate: () => now,
    afterEpoch(monitored) {
      if (monitored < best - 1e-4) [best, waited] = [monitored, 0]
      else if (++waited >= patience) [now, waited] = [now * factor, 0]
    },
  }
}
