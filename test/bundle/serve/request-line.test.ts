import { expect, it } from 'vitest'
import { requestLine } from '../../../src/bundle/serve/request-line.js'

const now = new Date(0)

it.each([
  [{ from: '127.0.0.1', method: 'GET', url: '/', status: 200, milliseconds: 1.6 }, '127.0.0.1 GET / 200 2 ms'],
  [{ from: undefined, status: 408 }, '- - - 408 -'],
  [
    { from: '::1', method: 'GET', url: '/a b\n\u001b[31m\u202e', status: 404, milliseconds: 0 },
    '::1 GET /a\\u0020b\\u000a\\u001b[31m\\u202e 404 0 ms',
  ],
  [{ from: '::1', method: 'GET', url: `/${'a'.repeat(300)}`, status: 404, milliseconds: 0 }, `::1 GET /${'a'.repeat(199)}… 404 0 ms`],
])('requestLine of %j', (request, line) => expect(requestLine(request, now)).toBe(`1970-01-01T00:00:00.000Z ${line}`))
