import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageFolder } from '../helpers/image-folder.js'
import { RedisServer, redisPath } from '../helpers/redis-server.js'
import { runCli, runCliWith } from '../helpers/run-cli.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
let data = ''

beforeAll(async () => {
  data = await imageFolder({ a: 20, b: 20 })
  writeFileSync(join(data, 'b/broken.png'), 'no image')
})

describe('options of the queue', () => {
  const q = ['--queue', 'redis://127.0.0.1:1']
  it.each([
    [['codes', '--detach'], 'Expected --detach to be given with --queue, the address of a Redis, got true.'],
    [['worker', '--root', '.'], 'Missing required argument: queue. cnn-codes --help tells more.'],
    [
      ['worker', '--queue', 'nowhere', '--root', '.'],
      'Expected --queue to be the address of a Redis, redis://host:6379 or rediss://host:6379 (with TLS), got "nowhere".',
    ],
  ])('%j is refused', (words, message) => {
    const { status, stdout, stderr } = runCli(...words)
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `cnn-codes: ${message}\n` })
  })

  it('never print a password', () => {
    const { stderr } = runCli('worker', '--queue', 'redis://me:hidden-word@127.0.0.1:1', '--root', '.')
    expect(stderr).toContain('Expected --queue to be without a user and a password')
    expect(stderr).not.toContain('hidden-word')
    const other = runCliWith({ REDIS_PASSWORD: 'hidden-word' }, 'worker', ...q, '--root', '.')
    expect(other.stderr).toContain('Expected a Redis at redis://127.0.0.1:1, but it cannot be used')
    expect(other.stderr).not.toContain('hidden-word')
  })
})

/** Ends when a worker has a lease. */
async function leaseTaken(server: RedisServer): Promise<void> {
  while (!(await server.keys()).some((key) => key.endsWith(':active'))) await setTimeout(5)
}

describe.skipIf(redisPath === undefined)('codes --queue and worker', () => {
  it('give the codes of one process though a worker is killed, and a worker ends cleanly on SIGTERM', async () => {
    const [server, cache, alone] = [await RedisServer.start(), tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache: alone, model, workers: 1 })
    const kind = ['--data', data, '--cache', cache, '--model', model, '--queue', server.url]
    const worker = (during: Parameters<typeof spawnCli>[1]) =>
      spawnCli(['worker', '--queue', server.url, '--root', data, '--workers', '1', '--json'], during)
    const codesDone = spawnCli(['codes', ...kind, '--lease', '3', '--patience', '2', '--json'])
    // The first worker dies with the leases that it has.
    const killed = await worker((child) => void leaseTaken(server).then(() => child.kill('SIGKILL')))
    expect(killed).toMatchObject({ code: null, stdout: '' })
    const end: (() => void)[] = []
    const second = worker((child) => end.push(() => child.kill('SIGTERM')))
    const codes = await codesDone
    end[0]?.()
    const { stdout, code } = await second
    expect(codes.code).toBe(0)
    expect(JSON.parse(codes.stdout)).toMatchObject({ images: 41, computed: 40, quarantined: 1, leases: 0, interrupted: false })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true })
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
  }, 120_000)

  it('can be left alone and looked after', async () => {
    const [server, cache] = [await RedisServer.start(), tempFolder()]
    const kind = ['--data', data, '--cache', cache, '--model', model, '--queue', server.url]
    const nothing = runCli('codes', '--queue', server.url, '--status')
    expect(nothing.stdout).toBe('No run is in the queue.\nNo worker is there. Start some: npm run worker -- --queue URL --root DIR\n')
    const detached = runCli('codes', ...kind, '--lease', '41', '--detach', '--quiet')
    expect(detached.status).toBe(0)
    expect(detached.stdout).toMatch(/^Run [0-9a-f]{16}: 3 leases in the queue; 0 images coded so far\. The same command with --status/)
    const { stdout } = runCli('codes', '--queue', server.url, '--status')
    expect(stdout).toContain(`: ${data}, ${model}: 3 leases waiting, 0 with workers, 0 to be tried again, 0 done and not yet entered\n`)
    const worked = runCli('worker', '--queue', server.url, '--root', data, '--idle', '2', '--quiet')
    expect(worked.stdout).toMatch(/^40 images coded in 3 leases, 1 refused, in /)
    expect(JSON.parse(runCli('codes', '--queue', server.url, '--status', '--json').stdout)).toMatchObject({
      runs: [{ reported: 3 }],
      workers: [],
    })
    const strict = runCli('codes', ...kind, '--strict', '--quiet')
    expect(strict.status).toBe(3)
    expect(strict.stdout).toContain('41 images: 40 computed, 0 from the cache, 1 quarantined')
    expect(await server.keys()).toEqual([])
  }, 120_000)
})
