#!/usr/bin/env node
/**
 * Sends malformed requests to `serve` and looks whether all goes as it should:
 *
 *   node scripts/fuzz-serve.mjs --bundle NAME --data DIR [--cache cache] [--count 2000] [--seed 1] [--at-once 16]
 *
 * Cut bodies, wrong types, bombs, slow senders, path tricks, foreign hosts, what is no HTTP: each must be answered with the right 4xx and
 * a sentence as JSON, or with silence where nobody waits; a good request after every fifty as before them all. Nothing may be reported
 * as a defect, the median of its memory over the last quarter must be within a tenth of that over the second, and SIGTERM must end it with 0. Prints a
 * JSON object; exit code 1 when something does not hold. Needs what npm run build makes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { median, withDefaults } from './bench-tools.mjs'
import { pick } from './fuzz/mutations.mjs'
import { malformedKinds } from './serve/malformed.mjs'
import { imageHead, PlainClient } from './serve/plain-client.mjs'
import { startServer } from './serve/start-server.mjs'

const { values } = parseArgs({
  options: {
    ...{ bundle: { type: 'string' }, data: { type: 'string' } },
    ...withDefaults({ cache: 'cache', count: '2000', seed: '1', 'at-once': '16' }),
  },
})
const { bundle, data, cache } = values
if (bundle === undefined || data === undefined) throw new Error('Expected --bundle NAME and --data DIR')
const [count, seed, atOnce] = [values.count, values.seed, values['at-once']].map(Number)
/** Seconds that the server gives a sender. */
const patience = 2
process.exitCode = await fuzz()

async function fuzz() {
  const folder = join(data, readdirSync(data)[0])
  const images = readdirSync(folder)
    .slice(0, 20)
    .map((name) => readFileSync(join(folder, name)))
  const kinds = await malformedKinds()
  const server = await startServer(bundle, ['--cache', cache, '--timeout', String(patience)])
  const answer = await goodAnswer(server.port, images[0])
  if (answer === undefined) throw new Error('Expected an answer to a good request')
  const random = seededRandom(seed)
  const [failures, counts, memory] = [[], {}, []]
  let [next, good] = [0, 0]
  const one = async () => {
    while (next < count) {
      const round = next++
      const request = kinds[round % kinds.length](random, pick(images, random))
      const said = await send(server.port, request)
      const { name, status } = request
      const key = `${name}: ${said?.status ?? 'silence'}`
      counts[key] = (counts[key] ?? 0) + 1
      const why = wrongWith(said, status)
      if (why) failures.push({ round, name, why, parts: String(request.parts[0] ?? '').slice(0, 120) })
      if (round % 50 === 0) {
        good++
        if ((await goodAnswer(server.port, images[0])) !== answer)
          failures.push({ round, name, why: 'a good request is answered otherwise than before' })
      }
      memory.push(server.memory())
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  const medians = [1, 2, 3, 4].map((quarter) => Math.round(median(memory.slice(((quarter - 1) * count) / 4, (quarter * count) / 4))))
  const metrics = await send(server.port, { parts: ['GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'] })
  const defects = Number(/requests_total\{[^}]*status="500"\} (\d+)/.exec(metrics?.body ?? '')?.[1] ?? 0)
  const exit = await server.stop()
  const held = { answers: failures.length === 0, defects: defects === 0, memory: medians[3] <= medians[1] * 1.1, exit: exit === 0 }
  process.stdout.write(
    `${JSON.stringify({ requests: next, good, memory: { medians, peak: Math.round(Math.max(...memory)) }, defects, exit, held, counts, failures: failures.slice(0, 20) }, null, 1)}\n`,
  )
  return Object.values(held).every(Boolean) ? 0 : 1
}

/** The answer to a malformed request, undefined where the connection ends without one. */
async function send(port, { parts, after, dribble = 0 }) {
  const client = new PlainClient(port)
  const answer = client.ask()
  let isAnswered = false
  void answer.then(() => {
    isAnswered = true
  })
  for (const part of parts) {
    if (isAnswered) break
    client.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
    await new Promise((resolve) => setTimeout(resolve, dribble))
  }
  if (after === 'end') client.end()
  if (after === 'leave') {
    client.close()
    return undefined
  }
  const late = new Promise((resolve) => setTimeout(resolve, 15_000, { status: 'late' }).unref())
  const result = await Promise.race([answer, late])
  client.close()
  return result
}

function wrongWith(answer, status) {
  if (answer === undefined) return status.length === 0 ? undefined : 'silence'
  if (!status.includes(answer.status)) return `${answer.status} ${answer.body?.slice(0, 200)}`
  if (answer.status === 200) return undefined
  return /^\{"error":"Expected|^\{"error":"The /.test(answer.body) ? undefined : `no sentence: ${answer.body.slice(0, 200)}`
}

async function goodAnswer(port, image) {
  const answer = await send(port, { parts: [imageHead(image.length), image] })
  return answer?.status === 200 ? answer.body : undefined
}
