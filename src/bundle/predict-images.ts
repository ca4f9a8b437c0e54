import PQueue from 'p-queue'
import { usageError } from '../base/errors.js'
import { once } from '../base/once.js'
import { type LoadedFile, loadFile } from '../extract/load-file.js'
import { BadImage } from '../images/bad-image.js'
import { CachedAnswers } from './cached-answers.js'
import { type Answer, Classifier } from './classifier.js'
import { listImages } from './list-images.js'
import { type Bundle, loadBundle } from './load-bundle.js'
import type { PredictOptions, PredictResult } from './predict-options.js'
import { toPrediction } from './prediction.js'
import { checkHead, openHead } from './self-check.js'

/** Files that are read at once. */
const readAtOnce = 32

/**
 * What a bundle says of images. Codes that the cache has are used; the others are computed, and kept nowhere.
 *
 * @throws UserError where bundle, network or a path is not there or fails its check. A file that is no good image is told in the result.
 */
export async function predictImages({ bundle: name, paths, cache = 'cache', ...options }: PredictOptions): Promise<PredictResult> {
  const started = performance.now()
  const { top = 5, abstain = 0 } = options
  if (!Number.isSafeInteger(top) || top < 1) throw usageError('top', 'a whole number above 0', top)
  if (!(abstain >= 0 && abstain <= 1)) throw usageError('abstain', 'a probability from 0 to 1', abstain)
  const bundle = loadBundle(name, cache)
  const files = await listImages(paths)
  const head = await openHead(bundle)
  try {
    await checkHead(bundle, head)
    const cached = new CachedAnswers(bundle, { cache, head })
    try {
      return { ...(await new Run(bundle, cached, { ...options, cache }).all(files)), seconds: (performance.now() - started) / 1000 }
    } finally {
      cached.close()
    }
  } finally {
    await head.release()
  }
}

interface RunOptions extends Omit<PredictOptions, 'bundle' | 'paths' | 'cache'> {
  readonly cache: string
}

interface OpenFile extends Pick<LoadedFile, 'bytes'> {
  readonly at: number
}

/** One pass over files. */
class Run {
  readonly #bundle: Bundle
  readonly #cached: CachedAnswers
  readonly #options: RunOptions
  readonly #classifier: () => Promise<Classifier>
  readonly #batches = new PQueue()
  #opened: Promise<Classifier> | undefined
  #answers: (Answer | undefined)[] = []
  #done = 0
  #computed = 0
  #began = 0
  #failure: unknown

  constructor(bundle: Bundle, cached: CachedAnswers, options: RunOptions) {
    this.#bundle = bundle
    this.#cached = cached
    this.#options = options
    this.#classifier = once(() => (this.#opened = Classifier.open(bundle, options)))
  }

  async all(files: readonly string[]): Promise<Omit<PredictResult, 'seconds'>> {
    this.#answers = files.map(() => undefined)
    try {
      await this.#read(files)
      await this.#batches.onIdle()
      if (this.#failure !== undefined) throw this.#failure
      return await this.#result(files)
    } finally {
      await (await this.#opened?.catch(() => undefined))?.close()
    }
  }

  async #read(files: readonly string[]): Promise<void> {
    let pending: OpenFile[] = []
    for (let from = 0; from < files.length && !this.#isStopped; from += readAtOnce) {
      const loaded = await Promise.all(files.slice(from, from + readAtOnce).map((path, at) => this.#load(path, from + at)))
      pending.push(...(await this.#withoutCached(loaded.flatMap((one) => one ?? []))))
      const isLast = from + readAtOnce >= files.length
      if (pending.length === 0) continue
      const { batch } = await this.#classifier()
      while (pending.length >= batch || (isLast && pending.length > 0)) {
        await this.#submit(pending.slice(0, batch))
        pending = pending.slice(batch)
      }
    }
  }

  get #isStopped(): boolean {
    return this.#failure !== undefined || (this.#options.signal?.aborted ?? false)
  }

  async #load(path: string, at: number): Promise<(OpenFile & Pick<LoadedFile, 'image'>) | undefined> {
    try {
      const { bytes, image } = await loadFile(path)
      return { bytes, image, at }
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      this.#finish(at, { refused: error.message, cause: error.code })
      return undefined
    }
  }

  /** Answers the images that have a code, and gives the others. */
  async #withoutCached(files: readonly (OpenFile & Pick<LoadedFile, 'image'>)[]): Promise<OpenFile[]> {
    const known = await this.#cached.answers(files.map(({ image }) => image))
    return files.filter(({ image, at }) => {
      const probabilities = known.get(image)
      if (probabilities) this.#finish(at, { probabilities })
      return probabilities === undefined
    })
  }

  async #submit(files: readonly OpenFile[]): Promise<void> {
    const classifier = await this.#classifier()
    this.#began ||= performance.now()
    this.#batches.concurrency = classifier.lanes
    await this.#batches.onSizeLessThan(1)
    const run = async () => {
      if (this.#isStopped) return
      const answers = await classifier.classify(files.map(({ bytes }) => bytes))
      this.#computed += answers.filter((answer) => 'probabilities' in answer).length
      for (const [row, { at }] of files.entries()) this.#finish(at, answers[row])
    }
    this.#batches.add(run).catch((error: unknown) => {
      this.#failure ??= error
    })
  }

  #finish(at: number, answer: Answer | undefined): void {
    this.#answers[at] = answer
    this.#done++
    this.#options.onProgress?.(this.#done, this.#answers.length, this.#rate() ?? 0)
  }

  #rate(): number | undefined {
    return this.#began === 0 ? undefined : this.#computed / ((performance.now() - this.#began) / 1000)
  }

  async #result(files: readonly string[]): Promise<Omit<PredictResult, 'seconds'>> {
    const { labels } = this.#bundle
    const rate = this.#rate()
    const on = (await this.#opened)?.on
    const predictions = files.flatMap((path, at) => {
      const answer = this.#answers[at]
      return answer && 'probabilities' in answer ? [{ path, ...toPrediction(labels, answer.probabilities, this.#options) }] : []
    })
    const quarantined = files.flatMap((path, at) => {
      const answer = this.#answers[at]
      return answer && 'refused' in answer ? [{ path, reason: answer.refused }] : []
    })
    return {
      predictions,
      quarantined,
      images: files.length,
      cached: predictions.length - this.#computed,
      computed: this.#computed,
      imagesPerSecond: this.#computed > 0 ? (rate ?? null) : null,
      engine: on?.engine ?? null,
      provider: on?.provider ?? null,
      labels,
      interrupted: this.#options.signal?.aborted ?? false,
    }
  }
}
