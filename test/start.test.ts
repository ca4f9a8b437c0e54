import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { put } from './helpers/image-folder.js'
import { tempFolder } from './helpers/temp-folder.js'

const start = fileURLToPath(new URL('../dist/start.cjs', import.meta.url))

/** Runs first in the process: has Node see so many cores, and prints at the end how many threads the process has. */
const probe = (cores: number) => `
  require('node:os').availableParallelism = () => ${cores}
  require('node:module').syncBuiltinESMExports()
  process.on('exit', () => {
    const status = require('node:fs').readFileSync('/proc/self/status', 'utf8')
    require('node:fs').writeSync(2, 'threads ' + /^Threads:\\s*(\\d+)/m.exec(status)[1])
  })`

/** Threads of the command line on a machine of so many cores, when it has printed its help. */
function threads(cores: number, poolSize?: number): number {
  const folder = tempFolder()
  put(folder, 'probe.cjs', probe(cores))
  const { UV_THREADPOOL_SIZE: _outer, ...environment } = process.env
  const env = poolSize === undefined ? environment : { ...environment, UV_THREADPOOL_SIZE: String(poolSize) }
  const { stderr } = spawnSync(process.execPath, ['--require', join(folder, 'probe.cjs'), start, '--help'], { encoding: 'utf8', env })
  return Number(/threads (\d+)$/.exec(stderr)?.[1])
}

// Only Linux tells a process's threads in a file; elsewhere this is not tested.
describe.skipIf(process.platform !== 'linux')("Node's pool of threads", () => {
  it('is as large as the user wants it', () => {
    expect(threads(7, 9) - threads(7, 1)).toBe(8)
  })

  it.each([
    [1, 4],
    [4, 4],
    [7, 7],
  ])('has on a machine of %i core(s) %i threads', (cores, size) => {
    expect(threads(cores)).toBe(threads(cores, size))
  })
})
