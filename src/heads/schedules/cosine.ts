import type { Schedule, ScheduleOptions } from './schedule.js'

/** From the rate to 0 along half a cosine: rate · (1 + cos πt) / 2. Source: Loshchilov and Hutter, SGDR (2017); Keras' CosineDecay. */
export function cosine({ rate, steps }: ScheduleOptions): Schedule {
  return { rate: (step) => between(rate, 0, step / steps) }
}

/** From `a` (t = 0) to `b` (t = 1) along half a cosine; stays there. */
export function between(a: number, b: number, t: number): number {
  return b + ((a - b) * (1 + Math.cos(Math.PI * Math.min(1, t)))) / 2
}
