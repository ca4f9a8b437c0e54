import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { clauseOf, errorCode, UserError, usageError } from '../../base/errors.js'
import { Classifier } from '../classifier.js'
import { type Bundle, loadBundle } from '../load-bundle.js'
import { isLoopback } from './access.js'
import { BatchQueue } from './batch-queue.js'
import { buildApp } from './build-app.js'
import { ServeMetrics } from './serve-metrics.js'
import { type CheckedOptions, checkServeOptions, type ServeOptions } from './serve-options.js'
import { readToken } from './token.js'

/** A bundle that answers. */
export interface BundleServer {
  /** Where, such as http://127.0.0.1:8080/. */
  readonly url: string
  readonly name: string
  readonly classes: number
  /** Answers what was accepted, refuses everything new, and ends. */
  close(): Promise<void>
}

/** Most images of one request. */
const files = 64

/**
 * Answers requests with a bundle's predictions over HTTP, on this machine's loopback unless told otherwise.
 *
 * @throws UserError where the bundle cannot be loaded, the address is not free, or it goes beyond the loopback without a token.
 */
export async function serveBundle(given: ServeOptions): Promise<BundleServer> {
  const options = checkServeOptions(given)
  const { bundle: nameOrFolder, cache, host, tokenFile, queue: limit, onLine = () => undefined, signal } = options
  const token = tokenFile === undefined ? undefined : readToken(tokenFile)
  if (token === undefined && !isLoopback(host))
    throw usageError('--host', 'a loopback address where there is no --token-file', host, 'Give a file with a token.')
  const bundle = loadBundle(nameOrFolder, cache)
  const classifier = await Classifier.open(bundle, options)
  try {
    signal?.throwIfAborted()
    const metrics = new ServeMetrics()
    const queue = new BatchQueue(classifier, { limit, onBatch: (images) => metrics.batch(images) })
    metrics.watch(queue)
    const app = await buildApp({
      ...{ queue, metrics, onLine, labels: bundle.labels, files: Math.min(files, limit) },
      ...{ abstain: options.abstain, maxBody: options.maxBody, timeout: options.timeout },
      ...{ access: { allowedHosts: options.allowedHosts, token }, about: aboutOf(bundle), version: packageVersion() },
    })
    const url = await listen(app, options)
    const close = () => app.close().then(() => classifier.close())
    return { url, name: bundle.name, classes: bundle.labels.length, close }
  } catch (error) {
    await classifier.close()
    throw error
  }
}

/** The address that it listens at. */
async function listen(app: FastifyInstance, { host, port }: Pick<CheckedOptions, 'host' | 'port'>): Promise<string> {
  try {
    // Of localhost's two addresses one: the library would open a second server, without the first one's limits.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
    return urlOf(app.server.address(), host)
  } catch (error) {
    await app.close()
    throw notFree(error, host, port)
  }
}

function notFree(error: unknown, host: string, port: number): UserError {
  const why = errorCode(error) === 'EADDRINUSE' ? 'another program does already' : clauseOf(error)
  return new UserError(`Expected to listen at ${host}, port ${port}, found that ${why}. Choose another --port or --host.`)
}

function urlOf(address: AddressInfo | string | null, host: string): string {
  if (address === null || typeof address === 'string') throw new Error('Expected an address')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/`
}

const aboutOf = ({ name, labels }: Bundle) => `${name === '' ? 'A bundle' : name} of ${labels.length} classes`

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  return String(version)
}
