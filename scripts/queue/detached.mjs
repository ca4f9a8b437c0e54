import { join } from 'node:path'
import { child, cli, expectDone } from './children.mjs'
import { makeImages, network, workerScript } from './million.mjs'
import { startRedis } from './redis.mjs'

/** What Redis holds for each image that is handed out, and for each that is reported and not yet entered, bytes. */
export async function detached({ images, lease, folder, work }) {
  const data = folder ?? join(work, 'images')
  makeImages(data, images)
  const redis = await startRedis(work)
  const memory = async () => Number(/used_memory:(\d+)/.exec(String(await redis.ask('info', 'memory')))?.[1])
  try {
    const options = [
      '--data',
      data,
      '--cache',
      join(work, 'cache'),
      '--queue',
      redis.url,
      '--lease',
      lease,
      ...network,
      '--json',
      '--quiet',
    ]
    const empty = await memory()
    await expectDone(child(cli, 'codes', ...options, '--detach'), 'codes --detach')
    const handedOut = await memory()
    await expectDone(child(workerScript, redis.url, data, '2'), 'a worker')
    const reported = await memory()
    const entered = await expectDone(child(cli, 'codes', ...options), 'codes')
    return {
      images,
      bytesHandedOut: (handedOut - empty) / images,
      bytesReported: (reported - empty) / images,
      bytesEntered: ((await memory()) - empty) / images,
      entering: { seconds: entered.seconds, ...JSON.parse(entered.stdout) },
    }
  } finally {
    await redis.kill()
  }
}
