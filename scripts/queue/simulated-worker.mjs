/** A worker whose forward pass is a hash: node simulated-worker.mjs REDIS ROOT [IDLE]. SIGTERM ends it, or IDLE seconds without work. */
import { runWorker } from '../../dist/distribute/run-worker.js'
import { openSimulatedPool } from './simulated-pool.mjs'

const [queue = '', root = '', idle] = process.argv.slice(2)
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
const result = await runWorker({
  queue,
  root,
  signal: ending.signal,
  idle: idle === undefined ? undefined : Number(idle),
  openPool: openSimulatedPool,
  onNote: (text) => process.stderr.write(`${text}\n`),
})
process.stdout.write(`${JSON.stringify(result)}\n`)
