import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyCatalog } from '../../dist/cache/catalog.js'
import { scanFolder } from '../../dist/images/scan-folder.js'
import { evenly, median } from '../bench-tools.mjs'
import { contentOf } from '../torture/content.mjs'
import { child, cli, expectDone } from './children.mjs'
import { startRedis } from './redis.mjs'

const configurations = { alone: 0, two: 2, four: 4 }

/**
 * One process against 2 and 4 workers with a thread each, in turns. Seconds are those from the start of all processes to the end of
 * `codes`: workers load program and network in that time, as the one process does. CPU seconds are those of all processes but Redis.
 */
export async function speed({ data, images, rounds, model, size, lease, work }) {
  const own = copyImages(data, images, join(work, 'data'))
  const network = [...(model ? ['--model', model] : []), ...(size ? ['--size', size] : [])]
  const redis = await startRedis(work)
  const runs = Object.fromEntries(Object.keys(configurations).map((name) => [name, []]))
  const same = { two: true, four: true }
  try {
    for (let round = 0; round < rounds; round++) {
      const caches = {}
      for (const [name, workers] of Object.entries(configurations)) {
        const cache = join(work, `cache-${name}`)
        rmSync(cache, { recursive: true, force: true })
        const { fingerprint, ...run } = await timed({ own, cache, network, workers, queue: redis.url, lease })
        runs[name].push(run)
        caches[name] = rowsOf(cache, fingerprint)
        if (workers > 0) same[name] &&= isSame(caches.alone, caches[name])
        process.stderr.write(`round ${round + 1}, ${name}: ${JSON.stringify(run)}\n`)
      }
    }
  } finally {
    await redis.kill()
  }
  return { images, rounds, byteIdentical: same, ...figures(runs) }
}

/** Images evenly from all of a folder; returns the folder of copies. */
function copyImages(data, images, to) {
  const { root, files } = scanFolder(data)
  for (const { path } of evenly(files, images)) {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    cpSync(join(root, path), join(to, path))
  }
  return to
}

/** One run, with workers or (0) without. */
async function timed({ own, cache, network, workers, queue, lease }) {
  const before = cpuSeconds()
  const more = workers > 0 ? ['--queue', queue, '--lease', lease] : []
  const codes = child(cli, 'codes', '--data', own, '--cache', cache, '--json', '--quiet', ...network, ...more)
  const working = Array.from({ length: workers }, () => child(cli, 'worker', '--queue', queue, '--root', own, '--workers', '1', '--quiet'))
  const { seconds, stdout } = await expectDone(codes, 'codes')
  for (const one of working) one.process.kill('SIGTERM')
  for (const one of working) await expectDone(one, 'a worker')
  const { computed, runs } = JSON.parse(stdout)
  const { fingerprint } = runs?.[0] ?? JSON.parse(stdout)
  return { seconds, imagesPerSecond: computed / seconds, cpuSeconds: cpuSeconds() - before, fingerprint }
}

/** User and system seconds of the children that have ended: clock ticks are hundredths of a second. */
function cpuSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** Each image with its checksum in the catalog and a digest of the bytes in its shard. */
function rowsOf(cache, fingerprint) {
  const { codes } = contentOf(cache, fingerprint)
  const sql = 'SELECT lower(hex(image)) AS image, view, dtype, crc FROM code ORDER BY 1, 2, 3'
  const rows = withCatalog(cache, (catalog) => catalog.database.prepare(sql).all())
  return rows.map(({ image, view, dtype, crc }) => `${image} ${view} ${dtype} ${crc} ${codes.get(image)}`)
}

function isSame(one, other) {
  return one.length > 0 && one.length === other.length && one.every((row, at) => row === other[at])
}

function withCatalog(cache, use) {
  const catalog = copyCatalog(cache)
  try {
    return use(catalog)
  } finally {
    catalog.close()
  }
}

/** Medians over the rounds, ratios of each round to the one process of the same round, and of the fastest rounds. */
function figures(runs) {
  const of = (name, what) => runs[name].map((run) => run[what])
  return Object.fromEntries(
    Object.keys(runs).map((name) => [
      name,
      {
        ...Object.fromEntries(['seconds', 'imagesPerSecond', 'cpuSeconds'].map((what) => [what, median(of(name, what))])),
        toAlone: median(of(name, 'imagesPerSecond').map((rate, round) => rate / of('alone', 'imagesPerSecond')[round])),
        fastestToAlone: Math.max(...of(name, 'imagesPerSecond')) / Math.max(...of('alone', 'imagesPerSecond')),
        cpuToAlone: median(of(name, 'cpuSeconds').map((seconds, round) => seconds / of('alone', 'cpuSeconds')[round])),
      },
    ]),
  )
}
