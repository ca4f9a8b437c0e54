import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorCode } from '../../base/errors.js'
import { HttpError } from './http-error.js'

/** What a connection's failure means for whoever sent; undefined where nobody is there any more. Codes: Node's http and llhttp. */
export function clientFailure(error: Error, timeout: number): HttpError | undefined {
  switch (errorCode(error)) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, `Expected the whole request within ${timeout} seconds, found a part of it.`)
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(431, 'Expected headers of at most 16 kB, found more.')
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'Expected a whole request, found one that is cut.')
    default:
      return new HttpError(400, 'Expected a request of HTTP/1.1, found something else.')
  }
}

/** Answers on a connection whose request cannot be read, and ends it. */
export function answerSocket(socket: Socket, { status, message }: HttpError): void {
  const body = JSON.stringify({ error: message })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
