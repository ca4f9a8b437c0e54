import type { Answer, Classifier } from '../classifier.js'
import { comeBack } from './http-error.js'

export interface BatchQueueOptions {
  /** Most images that wait; more are refused. */
  readonly limit: number
  /** Milliseconds that an incomplete batch waits for more images while every thread has work. Default 5. */
  readonly linger?: number | undefined
  /** Told of each batch that begins: how many images it has. */
  readonly onBatch?: ((images: number) => void) | undefined
}

interface Waiting {
  readonly image: Uint8Array
  readonly since: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins the images of many requests to batches, in the order in which they came.
 *
 * While a thread has nothing to do, whatever waits is taken at once. While all have, a batch begins as soon as it is full or its oldest
 * image has waited `linger`, as long as there are fewer batches under way than keep all threads at work (`lanes`, two for each thread:
 * one is computed, the next one decoded).
 */
export class BatchQueue {
  readonly #classifier: Pick<Classifier, 'batch' | 'lanes' | 'classify'>
  readonly #options: BatchQueueOptions
  #waiting: Waiting[] = []
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  #failure: unknown

  constructor(classifier: Pick<Classifier, 'batch' | 'lanes' | 'classify'>, options: BatchQueueOptions) {
    this.#classifier = classifier
    this.#options = options
  }

  /** Images that no batch has taken yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Batches that are computed. */
  get underWay(): number {
    return this.#underWay
  }

  /** Why the last batch failed; undefined where it did not. */
  get failure(): unknown {
    return this.#failure
  }

  /** @throws HttpError 503 where there is no room for so many images more. */
  checkRoom(images = 1): void {
    if (this.#waiting.length + images <= this.#options.limit) return
    throw comeBack(
      `Expected fewer images at a time, found ${this.#waiting.length} waiting already and room for ${this.#options.limit}. Try again in a second.`,
    )
  }

  /**
   * The classifier's answers, in the images' order.
   *
   * @param signal gives the images up that still wait, and rejects with its reason.
   * @throws HttpError 503 where too many images wait.
   */
  async answer(images: readonly Uint8Array[], signal: AbortSignal): Promise<Answer[]> {
    this.checkRoom(images.length)
    signal.throwIfAborted()
    const since = performance.now()
    const mine: Waiting[] = []
    const answers = images.map((image) => new Promise<Answer>((resolve, reject) => mine.push({ image, since, resolve, reject })))
    this.#waiting = [...this.#waiting, ...mine]
    const giveUp = () => {
      this.#waiting = this.#waiting.filter((one) => !mine.includes(one))
      for (const { reject } of mine) reject(signal.reason)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#start()
    return Promise.all(answers).finally(() => signal.removeEventListener('abort', giveUp))
  }

  #start(): void {
    clearTimeout(this.#timer)
    const { batch, lanes } = this.#classifier
    while (this.#underWay < lanes) {
      const [oldest] = this.#waiting
      if (!oldest) return
      const isThreadFree = this.#underWay < lanes / 2
      const left = oldest.since + (this.#options.linger ?? 5) - performance.now()
      if (!isThreadFree && this.#waiting.length < batch && left > 0) {
        this.#timer = setTimeout(() => this.#start(), Math.ceil(left))
        return
      }
      void this.#run(this.#waiting.splice(0, batch))
    }
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#underWay++
    this.#options.onBatch?.(batch.length)
    try {
      const answers = await this.#classifier.classify(batch.map(({ image }) => image))
      this.#failure = undefined
      for (const [at, { resolve, reject }] of batch.entries()) {
        const answer = answers[at]
        if (answer) resolve(answer)
        else reject(new Error(`Expected ${batch.length} answers`))
      }
    } catch (error) {
      this.#failure = error
      for (const { reject } of batch) reject(error)
    } finally {
      this.#underWay--
      this.#start()
    }
  }
}
