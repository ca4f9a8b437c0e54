import type { Schedule, ScheduleOptions } from './schedule.js'

/** The same rate throughout. */
export function constant({ rate }: ScheduleOptions): Schedule {
  return { rate: () => rate }
}
