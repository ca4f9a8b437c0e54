import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll } from 'vitest'

export interface WeightServer {
  readonly url: string
  /** The Range header of each request so far. */
  readonly ranges: readonly (string | undefined)[]
}

type Answer = (response: ServerResponse, range: string | undefined, request: IncomingMessage) => void

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers.splice(0)) close()
})

/** A server of this machine that gives its answers in turn, the last one again and again. It ends with the file's tests. */
export async function serveWeights(...answers: readonly [Answer, ...Answer[]]): Promise<WeightServer> {
  const ranges: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)] ?? answers[0]
    ranges.push(request.headers.range)
    answer(response, request.headers.range, request)
  })
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}/w.h5`, ranges }
}

/** The whole file, or the part that is asked for. */
export function whole(bytes: Uint8Array): Answer {
  return (response, range) => {
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    if (start >= bytes.length) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    const headers = { 'content-length': bytes.length - start, 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(range ? 206 : 200, headers).end(bytes.subarray(start))
  }
}

/** The beginning of the file; then the connection breaks. */
export function brokenAfter(count: number, bytes: Uint8Array): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, count), () => void setTimeout(() => response.destroy(), 20))
  }
}

/** The beginning of the file; then the connection stays open and nothing more comes. */
export function silentAfter(count: number, bytes: Uint8Array): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, count))
  }
}

/** The whole file whatever part is asked for. */
export function withoutRanges(bytes: Uint8Array): Answer {
  return (response) => void response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
}

export function status(code: number): Answer {
  return (response) => void response.writeHead(code).end('no')
}

/** An address of this machine where nothing answers. */
export async function nowhere(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await new Promise((resolve) => void server.close(resolve))
  return `127.0.0.1:${port}`
}
