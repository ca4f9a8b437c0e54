import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Classifier } from '../../../src/bundle/classifier.js'
import { loadBundle } from '../../../src/bundle/load-bundle.js'
import { type BundleServer, serveBundle } from '../../../src/bundle/serve/serve-bundle.js'
import { noisePng } from '../../helpers/image-folder.js'
import { rawRequest } from '../../helpers/raw-request.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { expectUsageError, userErrorOf } from '../../helpers/thrown.js'
import { type TinyBundle, tinyBundle } from '../../helpers/tiny-bundle.js'

let made: TinyBundle
let server: BundleServer
const lines: string[] = []
const images: Buffer[] = []
let [port, large] = [0, Buffer.alloc(0)]

beforeAll(async () => {
  made = await tinyBundle()
  const limits = { maxBody: 50_000, pixelLimit: 10_000, timeout: 1 }
  server = await serveBundle({ ...made, ...limits, port: 0, workers: 1, onLine: (line) => lines.push(line) })
  port = Number(new URL(server.url).port)
  images.push(...(await Promise.all([101, 102, 103].map((seed) => noisePng(seed)))))
  large = await sharp({ create: { width: 101, height: 100, channels: 3, background: 'navy' } })
    .png()
    .toBuffer()
}, 60_000)

afterAll(() => server?.close())

const postImage = (bytes: Uint8Array, query = '', headers: Record<string, string> = {}) =>
  fetch(`${server.url}predict${query}`, { method: 'POST', body: bytes, headers: { 'content-type': 'image/png', ...headers } })

const jsonOf = async (answer: Promise<Response>) => JSON.parse(await (await answer).text())

function formOf(...files: readonly (readonly [string, Uint8Array | string])[]): FormData {
  const form = new FormData()
  for (const [name, content] of files) form.append('images', new Blob([content]), name)
  return form
}

/** What the classifier says without a server. */
async function expected(bytes: Uint8Array) {
  const bundle = loadBundle(made.bundle)
  const classifier = await Classifier.open(bundle, { cache: made.cache, workers: 1 })
  const [answer] = await classifier.classify([bytes])
  await classifier.close()
  if (!answer || 'refused' in answer) throw new Error('Expected an answer')
  return bundle.labels
    .map((label, at) => ({ label, probability: answer.probabilities[at] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
}

describe('POST /predict', () => {
  it('gives what the classifier gives: bytes as the body, ?top of the labels', async () => {
    const [image = Buffer.alloc(0)] = images
    const all = await expected(image)
    const answer = await postImage(image, '?top=2')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ predictions: [{ file: null, ...all[0], top: all.slice(0, 2) }] })
    const whole = await jsonOf(postImage(image, '', { 'content-type': 'application/octet-stream' }))
    expect(whole.predictions[0].top).toEqual(all)
  })

  it('answers the files of a form in their order, and those that it cannot use with the reason', async () => {
    const [one = Buffer.alloc(0), two = Buffer.alloc(0)] = images
    const body = formOf(['one.png', one], ['note.txt', 'a note'], ['två.png', two])
    const answer = await fetch(`${server.url}predict?top=1`, { method: 'POST', body })
    expect(answer.status).toBe(200)
    const [first, second] = await Promise.all([expected(one), expected(two)])
    expect(await answer.json()).toEqual({
      predictions: [
        { file: 'one.png', ...first[0], top: first.slice(0, 1) },
        { file: 'note.txt', error: 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.' },
        { file: 'två.png', ...second[0], top: second.slice(0, 1) },
      ],
    })
  })

  it('answers many at a time, each with its own', async () => {
    const wanted = await Promise.all(images.map(expected))
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const { predictions } = await jsonOf(postImage(images[at % 3] ?? Buffer.alloc(0)))
        return predictions[0].top[0].probability - (wanted[at % 3]?.[0]?.probability ?? 0)
      }),
    )
    expect(Math.max(...answers.map(Math.abs))).toBeLessThan(1e-5)
  })
})

/** Bytes whose second half comes later. */
async function* inHalves(bytes: Uint8Array, milliseconds: number) {
  yield bytes.subarray(0, bytes.length >> 1)
  await setTimeout(milliseconds)
  yield bytes.subarray(bytes.length >> 1)
}

const host = 'Host: localhost\r\n'
const head = (headers: string, line = 'POST /predict HTTP/1.1') => `${line}\r\n${host}${headers}\r\n`
const typed = 'Content-Type: image/png\r\n'
const body = (text: string, type = typed, query = '') =>
  `${head(`${type}Content-Length: ${text.length}\r\n`, `POST /predict${query} HTTP/1.1`)}${text}`
const form = (text: string) => body(text, 'Content-Type: multipart/form-data; boundary=XX\r\n')
const file = (content: string) => `--XX\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\n${content}\r\n`
const top = (found: string) => `Expected top to be a whole number above 0, got ${found}.`
const notForPages = 'Expected a request of this server’s own page or of a program, found one of another web page.'
const hosts = (found: string) =>
  `Expected a Host that this server goes by, found ${JSON.stringify(found)}. Use localhost, or start the server with --allowed-host.`
const tooLarge = 'Expected a body of at most 50000 bytes, found more. Send smaller images, or start the server with --max-body.'
const noImage = (found: string) => `Expected an image, found ${found}. Send its bytes, or a form with files.`
const noImageFile = (found: string) => `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found ${found}.`
const cutForm = 'Expected a whole multipart form, found one that is cut or malformed.'
const wrongType = 'Expected a body of type image/*, application/octet-stream or multipart/form-data, found another one.'
const missing = 'Expected one of /predict, /, /healthz, /metrics, /openapi.json, found another path.'
const noHttp = 'Expected a request of HTTP/1.1, found something else.'

describe('malformed requests', () => {
  it.each([
    [400, noImage('an empty body'), body('')],
    [400, noImage('a form without a file'), form('--XX--\r\n')],
    [400, noImage('an empty file'), form(`${file('')}--XX--\r\n`)],
    [400, noImage('file 2 of 2 empty'), form(`${file('x')}${file('')}--XX--\r\n`)],
    [400, cutForm, form(file('x'))],
    [400, cutForm, form('nothing of a form')],
    [400, 'Expected a form with a boundary in its Content-Type, found none.', body('x', 'Content-Type: multipart/form-data\r\n')],
    [400, top('"0"'), body('x', typed, '?top=0')],
    [400, top('"1.5"'), body('x', typed, '?top=1.5')],
    [400, top('["1","2"]'), body('x', typed, '?top=1&top=2')],
    [400, 'Expected nothing in the query but top, found "topk".', body('x', typed, '?topk=3')],
    [400, 'Expected a path, found something that is none.', head('', 'GET /%zz HTTP/1.1')],
    [400, noHttp, 'hello\r\n\r\n'],
    [400, noHttp, head('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n')],
    [400, noHttp, `${head(`${typed}Transfer-Encoding: chunked\r\n`)}zz\r\n`],
    [400, 'Expected one Host header, found none. Send the name that the server is reached by.', 'GET / HTTP/1.1\r\n\r\n'],
    [400, 'Expected one host header, found 2.', head(host, 'GET / HTTP/1.1')],
    [403, hosts('evil.example'), 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
    [403, hosts('localhost.evil.example:80'), 'GET / HTTP/1.1\r\nHost: localhost.evil.example:80\r\n\r\n'],
    [403, hosts('192.168.0.1'), 'GET / HTTP/1.1\r\nHost: 192.168.0.1\r\n\r\n'],
    [403, hosts('evil.example'), head('', 'GET http://evil.example/healthz HTTP/1.1')],
    [403, notForPages, head('Origin: http://evil.example\r\n', 'GET /metrics HTTP/1.1')],
    [403, notForPages, head('Origin: null\r\n')],
    [403, notForPages, head('Origin: http://localhost:1\r\n')],
    [403, notForPages, head('Sec-Fetch-Site: cross-site\r\n', 'GET / HTTP/1.1')],
    [403, notForPages, head('Sec-Fetch-Site: same-site\r\n', 'GET /metrics HTTP/1.1')],
    [403, notForPages, head('Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n', 'OPTIONS /predict HTTP/1.1')],
    [404, missing, head('', 'GET /../../etc/passwd HTTP/1.1')],
    [404, missing, head('', 'GET /predict/ HTTP/1.1')],
    [404, missing, head('', 'GET //healthz HTTP/1.1')],
    [405, 'Expected /predict to be asked for by POST, found GET.', head('', 'GET /predict HTTP/1.1')],
    [405, 'Expected /healthz to be asked for by GET, HEAD, found DELETE.', head('', 'DELETE /healthz HTTP/1.1')],
    [408, 'Expected the whole request within 1 seconds, found a part of it.', 'POST /predict HTTP/1.1\r\nHost: loc'],
    [408, 'Expected the whole request within 1 seconds, found a part of it.', `${head(`${typed}Content-Length: 10\r\n`)}\x89PNG`],
    [413, tooLarge, head(`${typed}Content-Length: 50001\r\n`)],
    [413, tooLarge, `${head(`${typed}Transfer-Encoding: chunked\r\n`)}C351\r\n${'x'.repeat(50_001)}\r\n`],
    [413, 'Expected a form of at most 64 files, found more. Send several requests.', form(`${file('x').repeat(65)}--XX--\r\n`)],
    [415, wrongType, body('x', 'Content-Type: text/plain\r\n')],
    [415, wrongType, body('x', 'Content-Type: application/json\r\n')],
    [415, wrongType, body('x', '')],
    [415, 'Expected a body without Content-Encoding, found one that is packed.', body('x', `${typed}Content-Encoding: gzip\r\n`)],
    [422, noImageFile('text'), body('no image')],
    [422, noImageFile('a PDF document'), body('%PDF-1.7')],
    [
      422,
      `Expected at least one image that can be used, found none of 2. Of the first: ${noImageFile('text')}`,
      form(`${file('one')}${file('two')}--XX--\r\n`),
    ],
    [431, 'Expected headers of at most 16 kB, found more.', head(`X: ${'x'.repeat(20_000)}\r\n`)],
  ])('are answered with %i: %s', async (status, error, bytes) => {
    const answer = await rawRequest(port, bytes)
    expect([answer?.status, JSON.parse(answer?.body ?? '{}')]).toEqual([status, { error }])
    expect(answer?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(answer?.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('of bodies and images that are cut or too large are told by what they are', async () => {
    const [image = Buffer.alloc(0)] = images
    const cut = await rawRequest(port, `${head(`${typed}Content-Length: 100\r\n`)}\x89PNG`, { half: true })
    expect([cut?.status, cut?.body]).toEqual([400, '{"error":"Expected a whole request, found one that is cut."}'])
    const half = await postImage(image.subarray(0, 200))
    expect([half.status, await half.json()]).toEqual([422, { error: 'The PNG file is cut off: its end is missing.' }])
    const bomb = await postImage(large)
    const said = 'The PNG file has more than 10000 pixels. --pixel-limit sets another limit.'
    expect([bomb.status, await bomb.json()]).toEqual([413, { error: said }])
  })

  it('leave nothing in the log but what can be printed', async () => {
    await rawRequest(port, 'GET /a\x9b31m HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await rawRequest(port, head('', 'GET /%0d%0afake%1b[31m HTTP/1.1'))
    expect(lines.length).toBeGreaterThan(40)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f]/.test(line) || line.includes('Defect'))).toEqual([])
    expect(lines.find((line) => line.includes('[31m'))).toMatch(/^\S+Z 127\.0\.0\.1 GET \S+\[31m 404 \d+ ms$/)
  })
})

describe('what can be read', () => {
  it('is health, figures and a description made of the same schemas', async () => {
    expect(await (await fetch(`${server.url}healthz`)).json()).toEqual({ status: 'ok' })
    const figures = await (await fetch(`${server.url}metrics`)).text()
    expect(figures).toMatch(/^cnn_codes_requests_total\{route="\/predict",status="200"\} \d+$/m)
    expect(figures).toMatch(/^cnn_codes_images_total\{outcome="predicted"\} 6\d$/m)
    expect(figures).toMatch(/^cnn_codes_images_waiting 0$/m)
    const { openapi, paths } = await jsonOf(fetch(`${server.url}openapi.json`))
    expect([openapi, Object.keys(paths)]).toEqual(['3.1.0', ['/predict', '/', '/healthz', '/metrics', '/openapi.json']])
    const { requestBody, parameters, responses } = paths['/predict'].post
    expect(Object.keys(requestBody.content)).toEqual(['image/*', 'application/octet-stream', 'multipart/form-data'])
    expect(parameters).toMatchObject([{ in: 'query', name: 'top', schema: { type: 'integer', minimum: 1, default: 5 } }])
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '408', '413', '415', '422', '503'])
  })

  it('is the page under a policy that lets nothing else run, also for those who follow a link to it', async () => {
    const visit = 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n'
    const answer = await rawRequest(port, head(visit, 'GET / HTTP/1.1'))
    expect(answer?.status).toBe(200)
    expect(answer?.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(answer?.body).toContain('<p class="soft">tiny of 3 classes</p>')
  })
})

describe('with a token', () => {
  const token = 'a-token-of-the-tests'
  const path = join(tempFolder(), 'token.txt')
  let guarded: BundleServer
  beforeAll(async () => {
    writeFileSync(path, `${token}\n`)
    const host = { host: '0.0.0.0', allowedHosts: ['pets.example'], tokenFile: path }
    guarded = await serveBundle({ ...made, ...host, port: 0, workers: 1, abstain: 1 })
  })
  afterAll(() => guarded?.close())

  const ask = (line: string, headers = '', name = 'pets.example') =>
    rawRequest(Number(new URL(guarded.url).port), `${line} HTTP/1.1\r\nHost: ${name}\r\n${headers}\r\n`)

  it.each([
    ['GET /metrics', '', 'no such header'],
    ['GET /openapi.json', 'Authorization: Bearer wrong\r\n', 'another one'],
    ['POST /predict', `Authorization: Basic ${token}\r\n`, 'another one'],
    ['GET /nothing', '', 'no such header'],
  ])('refuses %s with %j', async (line, headers, found) => {
    const answer = await ask(line, headers)
    const error = `Expected the server's token as "Authorization: Bearer …", found ${found}.`
    expect([answer?.status, JSON.parse(answer?.body ?? '{}')]).toEqual([401, { error }])
    expect(answer?.headers['www-authenticate']).toBe('Bearer')
  })

  it('lets those in who have it, tells others nothing of the bundle, and tells no label below --abstain', async () => {
    expect((await ask('GET /healthz'))?.status).toBe(200)
    expect((await ask('GET /healthz', '', '127.0.0.1'))?.status).toBe(200)
    expect((await ask('GET /healthz', '', 'dogs.example'))?.status).toBe(403)
    const page = await ask('GET /')
    expect(page?.body).toContain('<label for="token">Token of this server</label>')
    expect(page?.body).not.toContain('tiny')
    const { port } = new URL(guarded.url)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png' }
    const { predictions } = await jsonOf(
      fetch(`http://127.0.0.1:${port}/predict?top=1`, { method: 'POST', headers, body: images[0] ?? '' }),
    )
    expect(predictions).toEqual([{ file: null, label: null, probability: predictions[0].top[0].probability, top: [expect.anything()] }])
    const described = JSON.parse((await ask('GET /openapi.json', `Authorization: Bearer ${token}\r\n`))?.body ?? '{}')
    expect([described.security, described.paths['/healthz'].get.security]).toEqual([[{ token: [] }], []])
  })
})

describe('serveBundle', () => {
  it.each([
    [
      { host: '0.0.0.0' },
      'Expected --host to be a loopback address where there is no --token-file, got "0.0.0.0". Give a file with a token.',
    ],
    [
      { host: 'example.org' },
      'Expected --host to be a loopback address where there is no --token-file, got "example.org". Give a file with a token.',
    ],
    [{ port: 65_536 }, 'Expected --port to be a whole number from 0 to 65535, got 65536.'],
    [{ abstain: 1.1 }, 'Expected --abstain to be a probability from 0 to 1, got 1.1.'],
    [{ timeout: 0 }, 'Expected --timeout to be from 1 to 3600 seconds, got 0.'],
    [{ queue: 0 }, 'Expected --queue to be a whole number above 0, got 0.'],
    [{ maxBody: 1.5 }, 'Expected --max-body to be a whole number above 0, got 1.5.'],
  ])('refuses %j', (options, message) => expectUsageError(() => serveBundle({ ...made, ...options }), message))

  it('says that a port is taken, and what a token file must be', async () => {
    const { message } = await userErrorOf(() => serveBundle({ ...made, port, workers: 1 }))
    expect(message).toBe(
      `Expected to listen at 127.0.0.1, port ${port}, found that another program does already. Choose another --port or --host.`,
    )
    const short = join(tempFolder(), 'short')
    writeFileSync(short, 'secret')
    await expectUsageError(
      () => serveBundle({ ...made, tokenFile: short }),
      `Expected a token in ${short}: one line of at least 16 characters of ASCII without spaces, found something else. Make one: openssl rand -hex 32 > ${short}`,
    )
    await expectUsageError(
      () => serveBundle({ ...made, tokenFile: `${short}-gone` }),
      `Expected --token-file to name a file with a token, but ${short}-gone cannot be read: ENOENT: no such file or directory, open '${short}-gone'.`,
    )
  })

  it('refuses with 503 and Retry-After what it has no room for, and answers the rest', async () => {
    const slow = await sharp({ create: { width: 3000, height: 3000, channels: 3, background: 'navy' } })
      .png()
      .toBuffer()
    const one = await serveBundle({ ...made, port: 0, workers: 1, batch: 1, queue: 2 })
    const asked = Array.from({ length: 20 }, () =>
      fetch(`${one.url}predict`, { method: 'POST', body: slow, headers: { 'content-type': 'image/png' } }),
    )
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ status }) => status === 503)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(1)
    expect(refused.length).toBeGreaterThan(5)
    expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(refused.map(() => '1'))
    const error = 'Expected fewer images at a time, found 2 waiting already and room for 2. Try again in a second.'
    expect(await refused[0]?.json()).toEqual({ error })
    await one.close()
  })

  it('answers what it accepted before it ends, and refuses what comes after', async () => {
    const one = await serveBundle({ ...made, port: 0, workers: 1 })
    const asked = Array.from({ length: 30 }, (_, at) =>
      fetch(`${one.url}predict`, { method: 'POST', body: images[at % 3] ?? '', headers: { 'content-type': 'image/png' } }),
    )
    const slow = fetch(`${one.url}predict`, {
      ...{ method: 'POST', duplex: 'half' },
      body: inHalves(images[0] ?? Buffer.alloc(0), 500),
      headers: { 'content-type': 'image/png' },
    })
    await setTimeout(50)
    const closing = one.close()
    await setTimeout(20) // as if it had been on its way
    const late = await fetch(`${one.url}healthz`)
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close'])
    const statuses = await Promise.all([...asked, slow].map(async (answer) => (await answer).status))
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    await closing
    await expect(fetch(`${one.url}healthz`)).rejects.toThrow('fetch failed')
  })

  it('ends though connections are open that say nothing, or half a head', async () => {
    const one = await serveBundle({ ...made, port: 0, workers: 1 })
    const silent = ['', 'POST /predict HTTP/1.1\r\nHost: loc'].map((text) => {
      const socket = connect(Number(new URL(one.url).port), '127.0.0.1', () => socket.write(text))
      return once(socket.resume(), 'close')
    })
    await setTimeout(50)
    await one.close() // the test's time limit is the assertion
    await Promise.all(silent)
  }, 5000)
})
