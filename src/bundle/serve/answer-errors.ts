import type { FastifyInstance } from 'fastify'
import { errorCode } from '../../base/errors.js'
import { tooLarge } from './body-budget.js'
import { HttpError } from './http-error.js'

/** The methods of each route, for those who use another one. */
export type RouteMethods = ReadonlyMap<string, string>

export interface ErrorOptions {
  readonly maxBody: number
  readonly methods: RouteMethods
  /** Told of what is the server's own fault. */
  readonly onDefect: (error: Error) => void
}

/** Has every refusal and failure answered as `{ error: sentence }`. */
export function answerErrors(app: FastifyInstance, { maxBody, methods, onDefect }: ErrorOptions): void {
  app.setErrorHandler<Error>((error, _request, reply) => {
    const refusal = toHttpError(error, maxBody)
    if (refusal.status === 500) onDefect(error)
    return reply.code(refusal.status).headers(refusal.headers).send({ error: refusal.message })
  })
  app.setNotFoundHandler((request) => {
    const [path = ''] = request.url.split('?')
    const allowed = methods.get(path)
    if (allowed === undefined) throw new HttpError(404, `Expected one of ${[...methods.keys()].join(', ')}, found another path.`)
    throw new HttpError(405, `Expected ${path} to be asked for by ${allowed}, found ${request.method}.`, { allow: allowed })
  })
}

/** A refusal of ours, or of the server library's, in our words. */
export function toHttpError(error: Error, maxBody: number): HttpError {
  if (error instanceof HttpError) return error
  switch (errorCode(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(maxBody)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new HttpError(415, 'Expected a body of type image/*, application/octet-stream or multipart/form-data, found another one.')
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new HttpError(400, 'Expected a path, found something that is none.')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return new HttpError(400, 'Expected a whole body, found one that is cut.')
    default:
      return new HttpError(500, 'Expected to answer, found a defect of the server. Its log tells more.')
  }
}
