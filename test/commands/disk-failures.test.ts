import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asNobody } from '../helpers/as-nobody.js'
import { imageFolder } from '../helpers/image-folder.js'
import { runCli, runCliAsNobody } from '../helpers/run-cli.js'
import { canMount, smallDisk } from '../helpers/small-disk.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

type Run = typeof runCli

/** A data set with its codes in a cache, all of it the property of nobody. */
async function codedCache(cache: string) {
  const [data, model] = await asNobody(async () => [await imageFolder({ a: 8, b: 8 }), modelFile(convolution())] as const)
  const options = ['--data', data, '--cache', cache]
  const codes = ['codes', ...options, '--model', model, '--workers', '1']
  expect(runCliAsNobody(...codes).status).toBe(0)
  return { cache, options, codes, model }
}

type CodedCache = Awaited<ReturnType<typeof codedCache>>

/** What works on a cache that cannot be written: everything that need not write into it. */
function expectReadable(run: Run, { cache, options, codes, model }: CodedCache): void {
  const plan = run(...codes, '--plan', '--json')
  expect([plan.status, JSON.parse(plan.stdout)]).toEqual([0, expect.objectContaining({ images: 16, hits: 16, misses: 0 })])
  const listed = run('cache', 'quarantine', ...options, '--json')
  expect([listed.status, JSON.parse(listed.stdout)]).toEqual([0, expect.objectContaining({ quarantined: 0 })])

  for (const command of ['list', 'verify']) expect(run('cache', command, '--cache', cache).status).toBe(0)

  const head = run('train-head', ...options, '--json')
  expect(head.status).toBe(0)
  expect(JSON.parse(head.stdout)).toMatchObject({ classes: 2, bundle: null, accuracy: { test: expect.any(Number) } })
  expect(head.stderr).toMatch(/The Gram matrix of 16 images could not be kept: .*\. The next command that needs it computes it again\.\n/)
  expect(head.stderr).toMatch(
    /Expected to save the head in .*heads.*, but that is not possible: .*, mkdir '.*'\. .* and run the same command again\.\n/,
  )
  expect(run('train-head', ...options).stdout).toMatch(/\nNot saved, see above\.\n$/)

  const sweep = run('sweep-samples', ...options, '--per-class', '2', '--repeats', '1', '--json')
  expect([sweep.status, JSON.parse(sweep.stdout)]).toEqual([0, expect.objectContaining({ points: [expect.anything()], files: [] })])
  expect(sweep.stderr).toMatch(
    /Expected a folder where the sweep's files can be written, got ".*" \(E.*\)\. Choose another folder or make room in it\.\n/,
  )
  const out = join(model, 'below-a-file')
  const asked = run('sweep-samples', ...options, '--per-class', '2', '--repeats', '1', '--out', out)
  expect([asked.status, asked.stdout]).toEqual([1, expect.stringMatching(/\nNo files were written, see above\.\n$/)])
}

describe('a cache on a read-only disk (skipped where mounting is not allowed)', () => {
  it.skipIf(!canMount)('can be used for all that need not write', async () => {
    const disk = smallDisk(8192)
    chmodSync(disk.folder, 0o777)
    const made = await codedCache(join(disk.folder, 'cache'))
    disk.makeReadOnly()
    const { status, stdout, stderr } = runCli(...made.codes)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^cnn-codes: Expected to write into .*codes-v1, but that is not possible: EROFS: read-only file system, access '.*'\. Choose another folder with --cache, or change its permissions\.\n$/,
    )
    expectReadable(runCli, made)
  })
})

describe('a cache without the permission to write', () => {
  it('can be used for all that need not write', async () => {
    const cache = await asNobody(async () => tempFolder())
    const made = await codedCache(cache)
    for (const folder of [cache, join(cache, 'codes-v1')]) chmodSync(folder, 0o555)
    const { status, stdout, stderr } = runCliAsNobody(...made.codes)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^cnn-codes: Expected to write into .*codes-v1, but that is not possible: EACCES: permission denied, access '.*'\. Choose another folder with --cache, or change its permissions\.\n$/,
    )
    expectReadable(runCliAsNobody, made)
    for (const folder of [cache, join(cache, 'codes-v1')]) chmodSync(folder, 0o755)
  })
})

describe('a cache on a full disk (skipped where mounting is not allowed)', () => {
  it.skipIf(!canMount)('can be read; figures are printed, and what cannot be kept is said, with exit code 1', async () => {
    const disk = smallDisk(8192)
    chmodSync(disk.folder, 0o777)
    const { options } = await codedCache(join(disk.folder, 'cache'))
    disk.fill()
    const { status, stdout, stderr } = runCli('train-head', ...options, '--json')
    expect([status, JSON.parse(stdout).bundle]).toEqual([1, null])
    expect(stderr).toMatch(
      /Expected to save the head in .*: ENOSPC: no space left on device, .*\. Make room on that disk and run the same command again\.\n/,
    )
    const sweep = runCli('sweep-samples', ...options, '--per-class', '2', '--repeats', '1')
    expect([sweep.status, sweep.stdout]).toEqual([1, expect.stringMatching(/\nNo files were written, see above\.\n$/)])
    disk.empty()
    expect(runCli('train-head', ...options).status).toBe(0)
    expect(readdirSync(join(disk.folder, 'cache', 'heads'))).toHaveLength(1)
  })
})

it.skipIf(!existsSync('/proc/self'))('codes says so where no folder can be made (skipped where there is no /proc)', async () => {
  const { status, stdout, stderr } = runCli('codes', '--data', await imageFolder({ a: 1 }), '--cache', '/proc/x')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^cnn-codes: Expected to write into \/proc\/x\/codes-v1, but that is not possible: ENOENT: no such file or directory, mkdir '\/proc\/x'\. Choose another folder with --cache, or change its permissions\.\n$/,
  )
})
