import type { FastifyInstance } from 'fastify'
import type { BatchQueue } from './batch-queue.js'
import { comeBack } from './http-error.js'
import { healthSchema, refusalsOf } from './schemas.js'
import type { ServeMetrics } from './serve-metrics.js'
import { pagePolicy, servePage } from './serve-page.js'

export interface ReadingOptions {
  readonly queue: BatchQueue
  readonly metrics: ServeMetrics
  /** What the page says of the bundle. */
  readonly about: string
  readonly isGuarded: boolean
}

/** What can be read: the page, the server's health and figures, and its description. */
export function addReading(app: FastifyInstance, { queue, metrics, about, isGuarded }: ReadingOptions): void {
  const open = isGuarded ? { security: [] } : {}
  const page = servePage({ about: isGuarded ? undefined : about, asksToken: isGuarded })
  const text = (type: string, says: string) => ({ 200: { description: says, content: { [type]: { schema: { type: 'string' } } } } })
  app.get(
    '/',
    { schema: { ...open, summary: 'The page to drop images on', response: { ...text('text/html', 'The page.'), ...refusalsOf(403) } } },
    (_request, reply) => reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(page),
  )
  const health = { 200: { description: 'It answers.', ...healthSchema }, ...refusalsOf(403, 503) }
  app.get('/healthz', { schema: { ...open, summary: 'Whether it can answer', response: health } }, async () => {
    if (queue.failure !== undefined) throw comeBack('Expected the network to run, found that it failed last time.')
    return { status: 'ok' }
  })
  const figures = { ...text('text/plain', 'Figures.'), ...refusalsOf(401, 403) }
  app.get('/metrics', { schema: { summary: 'Figures for Prometheus', response: figures } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
  const described = { 200: { description: 'OpenAPI 3.1.', type: 'object', additionalProperties: true }, ...refusalsOf(401, 403) }
  app.get('/openapi.json', { schema: { summary: 'This description', response: described } }, async () => app.swagger())
}
