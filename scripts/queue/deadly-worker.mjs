/** A worker that some images kill, as a decoder's crash does: node deadly-worker.mjs REDIS ROOT NAME, the images being those called NAME. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openRunPool } from '../../dist/distribute/open-run-pool.js'
import { runWorker } from '../../dist/distribute/run-worker.js'

const [queue = '', root = '', name = ''] = process.argv.slice(2)
const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex')
const deadly = new Set(
  readdirSync(root, { recursive: true })
    .filter((path) => basename(path) === name)
    .map((path) => digestOf(readFileSync(join(root, path)))),
)
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
await runWorker({ queue, root, workers: 1, signal: ending.signal, openPool: openDeadlyPool })

async function openDeadlyPool(...given) {
  const opened = await openRunPool(...given)
  const { pool } = opened
  return {
    ...opened,
    pool: {
      size: pool.size,
      threads: pool.threads,
      recycle: (result) => pool.recycle(result),
      async code(images, wanted) {
        if (images.some((image) => deadly.has(digestOf(image)))) process.kill(process.pid, 'SIGKILL')
        return pool.code(images, wanted)
      },
    },
  }
}
