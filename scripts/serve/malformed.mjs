/**
 * Requests that are wrong in one way each: { name, parts, status, after, dribble }. `parts` are sent one behind the other, `dribble`
 * milliseconds apart; `after` is 'end' where the sender says that nothing more comes, 'leave' where it goes without waiting. `status` lists
 * what may be answered; none: the connection may end in silence.
 */
import { mutate, pick } from '../fuzz/mutations.mjs'
import { bombs } from './bombs.mjs'
import { imageHead } from './plain-client.mjs'

const line = (method, path, headers = [], version = 'HTTP/1.1') => [`${method} ${path} ${version}`, ...headers, '', ''].join('\r\n')
const host = 'Host: localhost'
const get = (path, ...headers) => line('GET', path, [host, ...headers])
const post = (body, ...headers) => [line('POST', '/predict', [host, ...headers, `Content-Length: ${body.length}`]), body]

const boundary = 'XfuzzX'
const formType = `Content-Type: multipart/form-data; boundary=${boundary}`
const part = (bytes, name = 'a.jpg', headers = '') => [
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n${headers}\r\n`),
  bytes,
  Buffer.from('\r\n'),
]
const form = (...parts) => Buffer.concat([...parts.flat(), Buffer.from(`--${boundary}--\r\n`)])

/** Ways to be wrong; each takes the random numbers and a good JPEG. */
export async function malformedKinds() {
  const large = await bombs()
  const lines = (texts, status, name) => (random) => ({ name, parts: [pick(texts, random)], status })
  return [
    ...[bodies, forms(), slow],
    lines(paths.missing, [404], 'path'),
    lines(paths.bad, [400], 'bad path'),
    lines(paths.methods, [405], 'method'),
    lines(foreign, [403], 'host or origin'),
    lines(nonsense, [400], 'no HTTP'),
    lines(overflowing, [431], 'large head'),
    lines(queries, [400], 'query'),
    (random) => {
      const { name, bytes, status } = pick(large, random)
      return { name, status, parts: [imageHead(bytes.length), bytes] }
    },
  ].flat()
}

const bodies = [
  (random, image) => {
    const sent = Math.floor(random() * image.length)
    return { name: 'cut body', parts: [imageHead(image.length), image.subarray(0, sent)], status: [400], after: 'end' }
  },
  (random, image) => {
    const sent = Math.floor(random() * image.length)
    return { name: 'sender leaves', parts: [imageHead(image.length), image.subarray(0, sent)], status: [], after: 'leave' }
  },
  (_random, image) => ({ name: 'sender leaves before the answer', parts: [imageHead(image.length), image], status: [], after: 'leave' }),
  (random, image) => {
    const cut = image.subarray(0, Math.floor(random() * image.length * 0.95) + 4)
    return { name: 'cut image', parts: [imageHead(cut.length), cut], status: [422] }
  },
  (random, image) => {
    const { bytes } = mutate(image, { random, other: image })
    return { name: 'changed image', parts: [imageHead(bytes.length), bytes], status: bytes.length === 0 ? [400] : [200, 413, 422] }
  },
  (random) => {
    const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 5000) }, () => Math.floor(random() * 256)))
    return { name: 'noise', parts: [imageHead(noise.length), noise], status: [422] }
  },
  (random) => {
    const text = Buffer.from(
      pick(['%PDF-1.7', '<svg xmlns="http://www.w3.org/2000/svg"/>', '{"image":1}', 'PK\x03\x04', '\x1f\x8b\x08'], random),
    )
    return { name: 'another file', parts: [imageHead(text.length), text], status: [422] }
  },
  (random) => ({
    name: 'no body',
    parts: [imageHead(0, { type: pick(['image/png', 'application/octet-stream'], random) })],
    status: [400],
  }),
  (random, image) => {
    const types = [
      'text/plain',
      'application/json',
      'application/x-www-form-urlencoded',
      'video/mp4',
      'image',
      ';',
      'multipart/mixed',
      '\t',
    ]
    return { name: 'wrong type', parts: post(image, `Content-Type: ${pick(types, random)}`), status: [415] }
  },
  (_random, image) => ({ name: 'no type', parts: post(image), status: [415] }),
  (_random, image) => ({ name: 'packed', parts: post(image, 'Content-Type: image/jpeg', 'Content-Encoding: gzip'), status: [415] }),
  (random) => ({ name: 'too large', parts: [imageHead(pick([20_000_001, 2 ** 40, 2 ** 52], random))], status: [413] }),
  () => ({
    ...{ name: 'too large in chunks', status: [413] },
    parts: [
      chunked,
      ...Array.from({ length: 21 }, () => Buffer.concat([Buffer.from('F4240\r\n'), Buffer.alloc(1_000_000), Buffer.from('\r\n')])),
    ],
  }),
  (random) => ({ name: 'bad chunk', parts: [chunked, pick(['zz\r\n', '-5\r\nhello\r\n', '5\r\nhelloworld\r\n'], random)], status: [400] }),
]

const chunked = line('POST', '/predict', [host, 'Content-Type: image/jpeg', 'Transfer-Encoding: chunked'])

function forms() {
  const of = (name, status, make) => (random, image) => ({ name: `form: ${name}`, status, parts: post(make(image, random), formType) })
  return [
    of('cut', [400], (image, random) => form(part(image)).subarray(0, 60 + Math.floor(random() * image.length))),
    of('empty', [400], () => form()),
    of('without its end', [400], (image) => Buffer.concat(part(image))),
    of('of noise', [400], (_image, random) => Buffer.from(Array.from({ length: 500 }, () => Math.floor(random() * 256)))),
    of('65 files', [413], (image) => form(...Array.from({ length: 65 }, () => part(image.subarray(0, 100))))),
    of('100,000 parts', [400, 413], () => form(Array.from({ length: 100_000 }, () => part(Buffer.alloc(0))).flat())),
    of('an empty file', [400], () => form(part(Buffer.alloc(0)))),
    of('a path as name', [422], () => form(part(Buffer.from('x'), '../../../../etc/passwd'))),
    of('a large head', [400, 422], (image) => form(part(image.subarray(0, 50), 'a', `X: ${'y'.repeat(100_000)}\r\n`))),
    of('only fields', [400], () =>
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n--${boundary}--\r\n`),
    ),
    of('one good, one bad', [200], (image) => form(part(image), part(Buffer.from('text'), 'b.txt'))),
    of('none good', [422], () => form(part(Buffer.from('one')), part(Buffer.from('two')))),
    (_random, image) => ({ name: 'form: no boundary', status: [400], parts: post(image, 'Content-Type: multipart/form-data') }),
    (_random, image) => ({
      name: 'form: another boundary',
      status: [400],
      parts: post(form(part(image)), 'Content-Type: multipart/form-data; boundary=other'),
    }),
  ]
}

const slow = [
  (_random, image) => ({
    ...{ name: 'slow body', status: [408], dribble: 400 },
    parts: [imageHead(image.length), ...Array.from({ length: 12 }, (_, at) => image.subarray(at, at + 1))],
  }),
  () => ({ name: 'slow head', status: [408], dribble: 400, parts: [...'POST /predict'].map((character) => character) }),
  () => ({ name: 'stopped head', status: [408], parts: ['POST /predict HTTP/1.1\r\nHost: localhost\r\n'] }),
  () => ({ name: 'silence', status: [408], parts: [] }),
]

const paths = {
  missing: [
    ...[
      '/../../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/predict/',
      '//predict',
      '/predict/../healthz',
      '/PREDICT',
      '/.env',
      '/page.js',
    ],
    ...[
      '/predict%00',
      '/predict%2f',
      '/predict;a=1',
      '/\\..\\..\\windows',
      '/index.html',
      '/favicon.ico',
      '/a'.repeat(500),
      '/__proto__',
      '/constructor',
    ],
    ...['/healthz%0d%0aX-Injected:%201'],
  ].map((path) => get(path)),
  bad: ['/%zz', '/%', '/%c0%ae%c0%ae/', '/predict%ff'].map((path) => get(path)),
  methods: ['GET', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'OPTIONS', 'HEAD']
    .filter((method) => method !== 'HEAD')
    .map((method) => line(method, '/predict', [host])),
}

const foreign = [
  line('GET', '/', ['Host: evil.example']),
  line('GET', '/', ['Host: localhost.evil.example']),
  line('GET', '/', ['Host: 127.0.0.1.evil.example']),
  line('GET', '/', ['Host: evil.example:80']),
  line('GET', '/', ['Host: 192.168.0.1']),
  line('GET', '/', ['Host: localhost:80:80']),
  line('GET', '/', ['Host: user@localhost']),
  line('GET', '/', ['Host: ']),
  get('http://evil.example/predict'),
  get('/metrics', 'Origin: http://evil.example'),
  get('/metrics', 'Origin: null'),
  get('/metrics', 'Origin: http://localhost:1'),
  get('/metrics', 'Sec-Fetch-Site: cross-site'),
  get('/metrics', 'Sec-Fetch-Site: same-site'),
  get('/metrics', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'),
  line('OPTIONS', '/predict', [host, 'Origin: http://evil.example', 'Access-Control-Request-Method: POST']),
]

const nonsense = [
  ...['hello\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'GET /\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0\0\0\0\r\n\r\n'],
  ...['GET / HTTP/1.1\r\n\r\n', get('/', host), get('/', 'Bad Header: x'), get('/', 'X: \0'), 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  line('POST', '/predict', [host, 'Content-Length: 5', 'Transfer-Encoding: chunked']),
  line('POST', '/predict', [host, 'Content-Length: 5', 'Content-Length: 6']),
  line('POST', '/predict', [host, 'Content-Length: -1']),
  line('POST', '/predict', [host, 'Content-Length: 1e3']),
  line('POST', '/predict', [host, 'Transfer-Encoding: gzip, chunked, x']),
]

const overflowing = [
  get('/', `X-Large: ${'a'.repeat(40_000)}`),
  get(`/${'a'.repeat(40_000)}`),
  get('/', ...Array.from({ length: 3000 }, (_, at) => `X-${at}: a`)),
]

const queries = [
  'top=0',
  'top=-1',
  'top=x',
  'top=1e3',
  'top=1.5',
  'top=',
  'top=1&top=2',
  'topk=3',
  'top=99999999999999999999',
  'top[]=1',
  '__proto__=1',
  'top=%00',
].map((query) => `${line('POST', `/predict?${query}`, [host, 'Content-Type: image/jpeg', 'Content-Length: 4'])}\xff\xd8\xff\xe0`)
