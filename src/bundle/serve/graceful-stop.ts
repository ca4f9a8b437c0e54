import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { comeBack } from './http-error.js'

/** Milliseconds in which requests that were sent before the server was told to stop arrive. */
const grace = 250

/** Milliseconds between looks whether all is answered. */
const look = 50

/**
 * Has `app.close()` answer every request whose head has come, and then end all connections, also those that have said nothing or half a
 * head: the library and Node would wait for these, without their time limits.
 *
 * @param timeout seconds for a request to come whole, and again for its answer: twice that is the longest a stop takes.
 */
export function stopGracefully(app: FastifyInstance, timeout: number): void {
  let state: 'open' | 'stopping' | 'closed' = 'open'
  let underWay = 0
  let looking: NodeJS.Timeout | undefined
  app.addHook('onRequest', async (_request, reply) => {
    underWay++
    reply.raw.once('close', () => underWay--)
    if (state === 'closed') throw comeBack('Expected a server that goes on, found one that is stopping.')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (state !== 'open') void reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    state = 'stopping' // every answer ends its connection, but what is on its way is still let in
    await setTimeout(grace)
    state = 'closed'
    const latest = performance.now() + 2000 * timeout
    looking = setInterval(() => {
      if (underWay === 0 || performance.now() > latest) app.server.closeAllConnections()
    }, look)
  })
  app.addHook('onClose', async () => clearInterval(looking))
}
