/** How the learning rate changes. To add one: a file here, a line in the index, a row in the tests' table. */
export interface Schedule {
  /** Learning rate of a step, 0 … steps − 1. */
  rate(step: number): number
  /** Told what was monitored after each epoch, the smaller the better. */
  afterEpoch?(monitored: number): void
}

export interface ScheduleOptions {
  /** The highest learning rate. */
  readonly rate: number
  /** Steps of the whole training. */
  readonly steps: number
}
