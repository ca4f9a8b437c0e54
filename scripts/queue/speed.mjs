import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyCatalog } from '../../dist/cache/catalog.js'
import { scanFolder } from '../../dist/images/scan-folder.js'
import { evenly, median } from '../bench-tools.mjs'
import { child, cli, expectDone } from './children.mjs'
import { startRedis } from './redis.mjs'

/** One process against 2 and 4 workers with a thread each, in turns: seconds of the whole command, and whether all codes are the same bytes. */
export async function speed({ data, images, rounds, model, size, lease, work }) {
  const own = join(work, 'data')
  const { root, files } = scanFolder(data)
  for (const { path } of evenly(files, images)) {
    mkdirSync(dirname(join(own, path)), { recursive: true })
    cpSync(join(root, path), join(own, path))
  }
  const network = [...(model ? ['--model', model] : []), ...(size ? ['--size', size] : [])]
  const codes = (cache, ...more) => child(cli, 'codes', '--data', own, '--cache', cache, '--json', '--quiet', ...network, ...more)
  const redis = await startRedis(work)
  const runs = { alone: [], two: [], four: [] }
  const byte = { two: true, four: true }
  try {
    for (let round = 0; round < rounds; round++) {
      const cache = (name) => join(work, `cache-${name}`)
      for (const [name, workers] of Object.entries({ alone: 0, two: 2, four: 4 })) {
        rmSync(cache(name), { recursive: true, force: true })
        const working = Array.from({ length: workers }, () =>
          child(cli, 'worker', '--queue', redis.url, '--root', own, '--workers', '1', '--quiet'),
        )
        // Workers are there before there is work: their start is not the queue's price. That they load the network is in the time.
        while (Number(await redis.ask('hlen', 'cnn-codes:workers')) < workers) await sleep(50)
        const more = workers > 0 ? ['--queue', redis.url, '--lease', lease] : []
        const { seconds, stdout } = await expectDone(codes(cache(name), ...more), 'codes')
        for (const { process } of working) process.kill('SIGTERM')
        for (const one of working) await expectDone(one, 'a worker')
        const { computed } = JSON.parse(stdout)
        runs[name].push(computed / seconds)
        if (workers > 0) byte[name] &&= same(cache('alone'), cache(name))
        process.stderr.write(
          `round ${round + 1}, ${name}: ${computed} images in ${seconds.toFixed(1)} s, ${(computed / seconds).toFixed(0)} images/s\n`,
        )
      }
    }
  } finally {
    await redis.kill()
  }
  const medians = Object.fromEntries(Object.entries(runs).map(([name, rates]) => [name, median(rates)]))
  const ratios = (name) => runs[name].map((rate, round) => rate / runs.alone[round])
  return {
    images,
    imagesPerSecond: medians,
    ratio: { two: median(ratios('two')), four: median(ratios('four')) },
    ratios: { two: ratios('two'), four: ratios('four') },
    byteIdentical: byte,
  }
}

/** Whether two catalogs have the same images with the same checksums of codes. */
function same(one, other) {
  const [a, b] = [one, other].map(rowsOf)
  return a.length > 0 && a.length === b.length && a.every((row, at) => row === b[at])
}

function rowsOf(cache) {
  const catalog = copyCatalog(cache)
  try {
    return catalog.database
      .prepare("SELECT lower(hex(image)) || ':' || view || ':' || dtype || ':' || crc FROM code ORDER BY 1")
      .pluck()
      .all()
  } finally {
    catalog.close()
  }
}
