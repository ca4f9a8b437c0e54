import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fieldsOf } from '../../base/json.js'
import type { Answer } from '../classifier.js'
import { type Prediction, toPrediction } from '../prediction.js'
import type { BatchQueue } from './batch-queue.js'
import { BodyBudget } from './body-budget.js'
import { comeBack, HttpError } from './http-error.js'
import { readImages, type SentImage } from './read-images.js'
import { predictBodySchema, predictionsSchema, predictQuerySchema, refusalsOf } from './schemas.js'
import type { ServeMetrics } from './serve-metrics.js'

export interface PredictRouteOptions {
  readonly queue: BatchQueue
  readonly metrics: ServeMetrics
  readonly labels: readonly string[]
  readonly abstain: number
  readonly maxBody: number
  /** Most images of a form. */
  readonly files: number
  /** Seconds in which a request must be answered, from when it is whole. */
  readonly timeout: number
}

/** What is said of a sent image, or why nothing is. */
type Outcome =
  | ({ readonly file: string | null } & Prediction)
  | { readonly file: string | null; readonly error: string; readonly cause: string }

/** POST /predict: images in, labels out. */
export function addPredict(app: FastifyInstance, options: PredictRouteOptions): void {
  const { queue, maxBody } = options
  const budget = new BodyBudget(maxBody)
  // What the bytes are is told by the bytes; the type only tells an image from a form.
  for (const type of [/^image\/[\w.+-]+/i, /^application\/octet-stream/i, /^multipart\/form-data/i])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.route({
    method: 'POST',
    url: '/predict',
    schema: {
      summary: 'Classifies one image or several',
      querystring: predictQuerySchema,
      body: predictBodySchema,
      response: {
        200: { description: 'What the bundle says of each image.', ...predictionsSchema },
        ...refusalsOf(400, 401, 403, 408, 413, 415, 422, 503),
      },
    },
    // Before the body is read.
    onRequest: async (request, reply) => {
      queue.checkRoom()
      budget.take(request.raw, reply.raw)
      const encoding = request.headers['content-encoding'] ?? 'identity'
      if (encoding !== 'identity') throw new HttpError(415, 'Expected a body without Content-Encoding, found one that is packed.')
    },
    handler: (request, reply) => predict(request, reply, options),
  })
}

async function predict(request: FastifyRequest, reply: FastifyReply, options: PredictRouteOptions) {
  const top = topOf(request.query)
  const images = await readImages(request.body, request.headers['content-type'] ?? '', options.files)
  const answers = await inTime(reply, options.timeout, (signal) =>
    options.queue.answer(
      images.map(({ bytes }) => bytes),
      signal,
    ),
  )
  const outcomes = images.map((image, at) => toOutcome(image, answers[at], { ...options, top }))
  for (const outcome of outcomes) options.metrics.predicted(kindOf(outcome))
  return { predictions: checked(outcomes) }
}

/** How many labels to tell. */
function topOf(query: unknown): number {
  const { top = '5', ...others } = fieldsOf(query)
  const [other] = Object.keys(others)
  if (other !== undefined) throw new HttpError(400, `Expected nothing in the query but top, found ${JSON.stringify(other.slice(0, 100))}.`)
  if (typeof top === 'string' && /^[1-9]\d{0,8}$/.test(top)) return Number(top)
  throw new HttpError(400, `Expected top to be a whole number above 0, got ${JSON.stringify(top)?.slice(0, 100)}.`)
}

/** Gives up when nobody waits for the answer any more, or it takes too long. */
async function inTime<T>({ raw }: FastifyReply, seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController()
  const late = comeBack(`Expected to answer within ${seconds} seconds, found too much to do. Try again in a second.`)
  const timer = setTimeout(() => giveUp.abort(late), seconds * 1000)
  const gone = () => giveUp.abort(new HttpError(400, 'Expected somebody who waits for the answer, found nobody.'))
  if (raw.destroyed) gone()
  raw.once('close', gone)
  try {
    return await work(giveUp.signal)
  } finally {
    clearTimeout(timer)
    raw.off('close', gone)
  }
}

function toOutcome({ file }: SentImage, answer: Answer | undefined, options: PredictRouteOptions & { readonly top: number }): Outcome {
  if (!answer) throw new Error('Expected an answer for each image')
  if ('refused' in answer) return { file, error: answer.refused, cause: answer.cause }
  return { file, ...toPrediction(options.labels, answer.probabilities, options) }
}

function kindOf(outcome: Outcome) {
  if ('error' in outcome) return 'refused'
  return outcome.label === null ? 'abstained' : 'predicted'
}

/** Refuses the request where none of its images can be used. */
function checked(outcomes: readonly Outcome[]): readonly Outcome[] {
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []))
  const [first] = errors
  if (!first || errors.length < outcomes.length) return outcomes
  const status = errors.every(({ cause }) => cause === 'too-large') ? 413 : 422
  if (outcomes.length === 1) throw new HttpError(status, first.error)
  throw new HttpError(
    status,
    `Expected at least one image that can be used, found none of ${outcomes.length}. Of the first: ${first.error}`,
  )
}
