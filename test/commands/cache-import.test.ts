import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { imageFolder } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const work = tempFolder()
const caches = ['1', '2', '3'].map((part) => join(work, `cache-${part}`))
let data = ''

beforeAll(async () => {
  data = await imageFolder({ a: 9, b: 9 })
  const model = modelFile(convolution())
  for (const [at, cache] of caches.entries()) {
    const { status } = runCli('codes', '--data', data, '--cache', cache, '--model', model, '--shard', `${at + 1}/3`, '--workers', '1')
    expect(status).toBe(0)
  }
}, 60_000)

describe('cache import of several caches', () => {
  it('merges all of them, after which train-head works at once', () => {
    const cache = join(tempFolder(), 'cache')
    const { status, stdout } = runCli('cache', 'import', ...caches, '--cache', cache, '--json', '--quiet')
    expect(status).toBe(0)
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({ rows: 18, known: 0, sources: caches.map((source) => ({ source })) })
    expect(told.shards).toBe(told.sources.length)
    expect(runCli('train-head', '--data', data, '--cache', cache).status).toBe(0)
    const again = runCli('cache', 'import', ...caches, '--cache', cache, '--quiet')
    expect(again.stdout.split('\n').at(-2)).toBe('In all 0 codes in 0 shards from 3 sources, 18 known.')
  })

  it('names those that cannot be imported, takes the others, and exits with 1', () => {
    const [cache, gone] = [join(tempFolder(), 'cache'), join(work, 'gone')]
    const { status, stdout, stderr } = runCli('cache', 'import', caches[0] ?? '', gone, caches[1] ?? '', '--cache', cache, '--quiet')
    expect(status).toBe(1)
    expect(stderr).toBe(
      `${gone} was left out: Expected a .parquet or .csv file or the folder of a .npy export, or another cache folder, with codes-v1 in it, at ${gone}, found nothing. Check the path, or make an export with: npm run cache -- export\n`,
    )
    expect(stdout.split('\n').at(-2)).toMatch(/^In all \d+ codes in 2 shards from 2 sources, 0 known; 1 source left out\.$/)
  })
})

describe('codes --shard', () => {
  it.each([
    ['3', 'Expected --shard to be I/N, as in 3/16, got "3".'],
    ['a/b', 'Expected --shard to be I/N, as in 3/16, got "a/b".'],
    ['0/3', 'Expected --shard to be I/N, with I from 1 to N and N at most 100000, as in 3/16, got "0/3".'],
    ['4/3', 'Expected --shard to be I/N, with I from 1 to N and N at most 100000, as in 3/16, got "4/3".'],
  ])('refuses %s', (shard, message) => {
    const { status, stdout, stderr } = runCli('codes', '--data', data, '--shard', shard)
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `cnn-codes: ${message}\n` })
  })
})
