import type { Socket } from 'node:net'
import swagger from '@fastify/swagger'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { messageOf } from '../../base/errors.js'
import { visibleText } from '../../base/visible-text.js'
import { type AccessRules, checkAccess } from './access.js'
import { addReading } from './add-reading.js'
import { answerErrors, toHttpError } from './answer-errors.js'
import { answerSocket, clientFailure } from './client-errors.js'
import { stopGracefully } from './graceful-stop.js'
import { addPredict, type PredictRouteOptions } from './predict-route.js'
import { type AnsweredRequest, requestLine } from './request-line.js'

export interface AppOptions extends PredictRouteOptions {
  readonly access: Omit<AccessRules, 'open'>
  /** What the page says of the bundle. */
  readonly about: string
  /** Of this package, for the OpenAPI description. */
  readonly version: string
  readonly onLine: (line: string) => void
}

/** Routes that need no token: they tell nothing of the bundle. */
const open = ['/', '/healthz']

/** Connections at a time; each takes some 50 kB. */
const mostConnections = 1024

/** On every answer: nothing is kept, taken for another type, framed, or given to other sites. */
const headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** Connections whose request was answered before it was whole: what goes wrong with its rest is not answered again. */
type Answered = WeakSet<Socket>

/** The server's routes, and what stands before and behind all of them; it does not listen yet. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { timeout, maxBody } = options
  const answered: Answered = new WeakSet()
  const app = fastify({
    bodyLimit: maxBody,
    requestTimeout: timeout * 1000,
    return503OnClosing: false, // answered below, in our words
    http: { requireHostHeader: false, headersTimeout: Math.min(timeout, 10) * 1000, connectionsCheckingInterval: 500 },
    clientErrorHandler: (error, socket) => onClientError(error, socket, { ...options, answered }),
    frameworkErrors: (error, { ip, method, raw }, reply) => {
      const { status, message } = toHttpError(error, maxBody)
      logUnread(options, { from: ip, method, url: raw.url, status })
      // Not every route's reply, whose type would know its answers: there is no route.
      void (reply as FastifyReply).headers(headers).code(status).send({ error: message })
    },
  })
  app.server.maxConnections = mostConnections
  app.setValidatorCompiler(() => () => true) // a query is checked where it is used, a body by what it is
  app.removeAllContentTypeParsers()
  addHooks(app, { ...options, answered })
  stopGracefully(app, timeout)
  const methods = new Map<string, string>()
  app.addHook('onRoute', ({ url, method }) => void methods.set(url, [methods.get(url) ?? [], method].flat().join(', ')))
  answerErrors(app, { maxBody, methods, onDefect: (error) => options.onLine(visibleText(`Defect: ${error.stack ?? messageOf(error)}`)) })
  await app.register(swagger, { openapi: description(options) })
  addPredict(app, options)
  addReading(app, { ...options, isGuarded: options.access.token !== undefined })
  return app
}

function addHooks(app: FastifyInstance, { access, metrics, onLine, answered }: AppOptions & { readonly answered: Answered }): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(headers)
    const { method, url, raw, routeOptions } = request
    const { rawHeaders, socket } = raw
    checkAccess({ method, url, route: routeOptions.url, rawHeaders, localAddress: socket.localAddress }, { ...access, open })
  })
  app.addHook('onResponse', async ({ method, url, ip, raw, routeOptions }, { statusCode, elapsedTime }) => {
    if (!raw.complete) answered.add(raw.socket)
    metrics.answered(routeOptions.url ?? 'none', statusCode, elapsedTime / 1000)
    onLine(requestLine({ from: ip, method, url, status: statusCode, milliseconds: elapsedTime }, new Date()))
  })
}

function onClientError(error: Error, socket: Socket, { answered, ...options }: AppOptions & { readonly answered: Answered }): void {
  const failure = clientFailure(error, options.timeout)
  if (!failure || !socket.writable || answered.has(socket)) return void socket.destroy()
  logUnread(options, { from: socket.remoteAddress, status: failure.status })
  answerSocket(socket, failure)
}

/** Notes a request that is answered before any route has seen it. */
function logUnread({ metrics, onLine }: AppOptions, request: AnsweredRequest): void {
  metrics.answered('none', request.status, 0)
  onLine(requestLine(request, new Date()))
}

function description({ version, access }: AppOptions) {
  const isGuarded = access.token !== undefined
  return {
    openapi: '3.1.0',
    info: { title: 'cnn-codes serve', description: 'Classifies images by a bundle.', version },
    ...(isGuarded && {
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } as const } },
      security: [{ token: [] }],
    }),
  }
}
