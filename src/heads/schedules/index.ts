import { constant } from './constant.js'
import { cosine } from './cosine.js'
import { oneCycle } from './one-cycle.js'
import { plateau } from './plateau.js'
import type { Schedule, ScheduleOptions } from './schedule.js'

/** Every schedule by the name of `--schedule`. */
export const schedules = { constant, cosine, 'one-cycle': oneCycle, plateau } as const satisfies Readonly<
  Record<string, (options: ScheduleOptions) => Schedule>
>

export type ScheduleName = keyof typeof schedules

export const scheduleNames = ['constant', 'cosine', 'one-cycle', 'plateau'] as const satisfies readonly ScheduleName[]
