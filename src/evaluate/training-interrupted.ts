/** A training that was ended before its end. */
export class TrainingInterrupted extends Error {
  override readonly name = 'TrainingInterrupted'
  /** Epochs that are kept: the same options go on behind them. */
  readonly epochs: number

  constructor(epochs: number, of: number) {
    super(
      epochs === 0
        ? 'Interrupted before anything was kept: the same command begins anew.'
        : `Interrupted: epoch ${epochs} of ${of} is kept, and the same command goes on from there.`,
    )
    this.epochs = epochs
  }
}

/** The slow stage before a training was ended before its end. */
export class SlowStageInterrupted extends TrainingInterrupted {
  constructor(done: number, images: number) {
    super(0, 0)
    this.message = `Interrupted: ${done} of ${images} images are done, and the same command goes on from there.`
  }
}
