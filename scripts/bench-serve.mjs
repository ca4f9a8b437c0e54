#!/usr/bin/env node
/**
 * `serve` under many clients, beside the same classifier without HTTP.
 *
 * node scripts/bench-serve.mjs --bundle NAME --data DIR [--cache cache] [--clients 64] [--seconds 60] [--loop-seconds 20] [--images 512]:
 * before and behind the run with the server, a process of its own classifies the same JPEGs in batches of the classifier's size, as many
 * under way as keep its threads at work. Prints a JSON object; exit code 1 where an answer was no 200, the 99th percentile is above
 * 2 × clients / (images per second), the rate below 0.85 of the loop's, or memory grew by more than a tenth from 10 s to the end.
 * The clients take their CPU time from the same cores; `cpu` has the milliseconds that an image takes of each, whatever else the machine does. Needs what npm run build makes.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Classifier } from '../dist/bundle/classifier.js'
import { loadBundle } from '../dist/bundle/load-bundle.js'
import { machine, withDefaults } from './bench-tools.mjs'
import { imageHead, PlainClient } from './serve/plain-client.mjs'
import { startServer } from './serve/start-server.mjs'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string' },
    data: { type: 'string' },
    ...withDefaults({ cache: 'cache', clients: '64', seconds: '60', 'loop-seconds': '20', images: '512' }),
    loop: { type: 'boolean', default: false },
  },
})
const { bundle, data, cache } = values
if (bundle === undefined || data === undefined) throw new Error('Expected --bundle NAME and --data DIR')
const [clients, seconds, most, loopSeconds] = [values.clients, values.seconds, values.images, values['loop-seconds']].map(Number)

if (values.loop) process.stdout.write(JSON.stringify(await loop()))
else process.exitCode = await compare()

/** Evenly chosen JPEGs of the folder. */
function images() {
  const paths = readdirSync(data)
    .flatMap((label) => readdirSync(join(data, label)).map((name) => join(data, label, name)))
    .filter((path) => /\.jpe?g$/i.test(path))
  const step = Math.max(1, paths.length / most)
  return Array.from({ length: Math.min(most, paths.length) }, (_, at) => readFileSync(paths[Math.floor(at * step)]))
}

/** The classifier alone. */
async function loop() {
  const all = images()
  const classifier = await Classifier.open(loadBundle(bundle, cache), { cache })
  let [at, done, until] = [0, 0, performance.now() + 3000]
  const batch = () => Array.from({ length: classifier.batch }, () => all[at++ % all.length])
  const lane = async () => {
    while (performance.now() < until) {
      const { length } = await classifier.classify(batch())
      done += length // not in one line: the sum would be that of before the wait
    }
  }
  const run = () => Promise.all(Array.from({ length: classifier.lanes }, lane))
  await run() // warms up
  const [started, usage] = [performance.now(), process.cpuUsage()]
  ;[done, until] = [0, started + loopSeconds * 1000]
  await run()
  const rate = done / ((performance.now() - started) / 1000)
  const cpu = cpuSeconds(process.cpuUsage(usage)) / done
  await classifier.close()
  return { rate, cpu }
}

function cpuSeconds({ user, system }) {
  return (user + system) / 1e6
}

function loopAlone() {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--loop'], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  })
  if (status !== 0) throw new Error(`The loop ended with ${status}`)
  return JSON.parse(stdout)
}

async function compare() {
  const before = loopAlone()
  const server = await startServer(bundle, ['--cache', cache])
  const served = await serve(server)
  const exit = await server.stop()
  const after = loopAlone()
  const share = (2 * served.rate) / (before.rate + after.rate)
  const milliseconds = { serve: served.cpu, clients: served.clientCpu, loop: (before.cpu + after.cpu) / 2 }
  const cpu = Object.fromEntries(Object.entries(milliseconds).map(([name, value]) => [name, round(1000 * value, 2)]))
  const bound = (2 * clients) / served.rate
  const held = {
    noError: served.errors === 0 && exit === 0,
    p99: served.p99 <= bound,
    rate: share >= 0.85,
    memory: served.memory.end <= served.memory.at10 * 1.1,
  }
  const rates = { loop: [before, after].map(({ rate }) => round(rate)), share: round(share, 3), bound: round(bound, 3) }
  process.stdout.write(
    `${JSON.stringify({ ...machine, clients, seconds, ...served, rate: round(served.rate), ...rates, cpu, exit, held })}\n`,
  )
  return Object.values(held).every(Boolean) ? 0 : 1
}

/** Clients that each send the next image as soon as they have the answer to the last. */
async function serve({ port, memory, cpu }) {
  const requests = images().map((image) => [imageHead(image.length), image])
  const [took, bad] = [[], {}]
  const started = performance.now()
  const end = started + seconds * 1000
  const [usage, serverUsage] = [process.cpuUsage(), cpu()]
  let next = 0
  const at10 = new Promise((resolve) => setTimeout(() => resolve(memory()), 10_000))
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new PlainClient(port)
      while (performance.now() < end) {
        const asked = performance.now()
        const answer = await client.ask(...requests[next++ % requests.length])
        took.push((performance.now() - asked) / 1000)
        if (answer?.status !== 200) bad[answer?.status ?? 'none'] = (bad[answer?.status ?? 'none'] ?? 0) + 1
      }
      client.close()
    }),
  )
  const spent = (performance.now() - started) / 1000
  const [clientCpu, serverCpu] = [cpuSeconds(process.cpuUsage(usage)) / took.length, (cpu() - serverUsage) / took.length]
  const figures = { memory: { at10: round(await at10), end: round(memory()) }, clientCpu, cpu: serverCpu }
  took.sort((a, b) => a - b)
  const percentile = (share) => round(took[Math.min(took.length - 1, Math.floor(share * took.length))], 3)
  const errors = Object.values(bad).reduce((sum, count) => sum + count, 0)
  const [p50, p99, worst] = [percentile(0.5), percentile(0.99), percentile(1)]
  return { requests: took.length, errors, bad, rate: took.length / spent, ...{ p50, p99, worst }, ...figures }
}

function round(value, digits = 1) {
  return Number(value.toFixed(digits))
}
