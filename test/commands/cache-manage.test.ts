import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { cachePaths } from '../../src/cache/paths.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { folderState } from '../helpers/folder-state.js'
import { put } from '../helpers/image-folder.js'
import { type SmallShard, shardFiles, writeShards } from '../helpers/small-shards.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'

const fingerprint = fingerprintOf(identity)
const vgg = { ...identity, backbone: { architecture: 'vgg16', version: '1', weights: 'ab' }, layer: 'block5_pool', size: 224 }
const short = fingerprintOf(vgg).slice(0, 8)

async function cacheOf(...shards: readonly SmallShard[]): Promise<string> {
  const cache = tempFolder()
  await writeShards(cache, shards)
  return cache
}

const cli = (...args: readonly string[]) => spawnCli(['cache', ...args])

/** Flips a bit in a shard's last byte and returns its path. */
function damage(cache: string): string {
  const path = join(cachePaths(cache).shards(fingerprint), shardFiles(cache)[0] ?? '')
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  writeFileSync(path, bytes)
  return path
}

describe('cache remove', () => {
  it.each([
    [[], 2, 'Expected to be told which codes to remove, found nothing that says so. '],
    [['--older-than', 'soon'], 2, 'Expected --older-than to be a time such as 12h, 30d, 2w, 6m or 1y, got "soon".'],
    [['--older-than', '0d'], 2, 'Expected --older-than to be a time such as 12h, 30d, 2w, 6m or 1y, got "0d".'],
    [['--fingerprint', 'xyz'], 2, 'Expected --fingerprint to be the first 4 to 64 hexadecimal digits of a fingerprint, got "xyz".'],
    [['--resize', 'stretch'], 2, 'Expected --resize to be '],
    [['--model', 'vgg61'], 1, 'Expected codes of --model vgg61 in '],
  ])('%j is refused', async (args, status, message) => {
    const cache = await cacheOf({ images: [1] })
    const { code, stdout, stderr } = await cli('remove', '--cache', cache, ...args)
    expect([code, stdout, stderr.slice(0, 11 + message.length)]).toEqual([status, '', `cnn-codes: ${message}`])
  })

  it('plans, and does what it planned', async () => {
    const cache = await cacheOf({ images: [1, 2], of: vgg }, { images: [1] })
    const before = folderState(cache)
    const args = ['remove', '--cache', cache, '--model', 'vgg16']
    const plan = await cli(...args, '--plan')
    const lines = plan.stdout.split('\n')
    expect([plan.code, plan.stderr, lines[0]?.split(/ {2,}/)]).toEqual([
      0,
      '',
      ['codes', 'model', 'layer', 'size', 'images', 'shards', 'in part', 'disk'],
    ])
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(new RegExp(`^${short} +vgg16 +block5_pool +224 +2 +1 +0 +1\\.\\d kB$`)),
      '',
      expect.stringMatching(/^Would remove 2 codes: 1 whole shard, about 1\.\d kB\. Nothing was changed\.$/),
      '',
    ])
    expect(folderState(cache)).toEqual(before)
    const done = await cli(...args)
    expect(done.stdout.split('\n').slice(0, 4)).toEqual(lines.slice(0, 4))
    expect(done.stdout.split('\n')[4]).toMatch(
      /^Removed 2 codes: 1 whole shard; 1\.\d kB are free again\. The codes command computes them again where their images are\.$/,
    )
    expect([storedCodes(cache, fingerprintOf(vgg)).size, storedCodes(cache, fingerprint).size]).toEqual([0, 1])
    expect((await cli('remove', '--cache', cache, '--older-than', '1y')).stdout).toBe('No codes are as asked: nothing to remove.\n')
  })

  it('tells of folders that are gone and of damaged shards, with what to do', async () => {
    const { cache, data } = await codedDataSet({ counts: { a: 3 }, shape: [1, 1, 4] })
    const args = ['remove', '--cache', cache, '--missing']
    const gone = await cli(...args)
    expect([gone.stdout, gone.stderr]).toEqual([
      'No codes are as asked: nothing to remove.\n',
      `No images are to be had at ${data} (3 files before): the codes of its files stay, since a disk may not be mounted; --gone-folders removes them too.\n`,
    ])
    put(data, 'a/0.png', 'a/0') // whose sha256 that image has
    const path = damage(cache)
    const damaged = await cli(...args, '--json')
    expect(damaged.stderr.split('\n')).toEqual([
      `${path} was left as it is: its content is not what its name says.`,
      `Drop what is damaged with: npm run cache -- verify --repair --cache ${cache}`,
      '',
    ])
    expect(JSON.parse(damaged.stdout)).toMatchObject({ images: 0, shards: 0, damaged: [{ path }] })
    rmSync(data, { recursive: true })
    const all = await cli(...args, '--gone-folders')
    expect(all.stderr).toBe(`No images are to be had at ${data} (3 files before): its files count as missing.\n`)
    expect(all.stdout).toContain('Removed 3 codes: 1 whole shard; ')
  })

  it('tells of shards that lose a part', async () => {
    const { cache, data } = await codedDataSet({ counts: { a: 3 }, shape: [1, 1, 4] })
    await writeShards(cache, [
      { images: [1, 2], of: vgg },
      { images: [3, 'a/0'], of: vgg },
    ])
    put(data, 'a/renamed.png', 'a/0') // whose sha256 that image has
    const { stdout } = await cli('remove', '--cache', cache, '--missing')
    expect(stdout.split('\n').slice(2)).toEqual([
      expect.stringMatching(/^\w{8} +net\.onnx +y +8 +2 +0 +1 /),
      expect.stringMatching(/^\w{8} +vgg16 +block5_pool +224 +3 +1 +1 /),
      '',
      expect.stringMatching(/^Removed 5 codes: 1 whole shard and parts of 2 more; [\d.]+ \w+ are free again\. /),
      '',
    ])
    expect([...storedCodes(cache, fingerprintOf(vgg)).keys()]).toEqual([hashOf('a/0')])
  })
})

describe('cache compact', () => {
  it('says what became of the shards, and that there is nothing to do', async () => {
    const cache = await cacheOf(...[1, 2, 3].map((image) => ({ images: [image] })))
    const { code, stdout, stderr } = await cli('compact', '--cache', cache, '--quiet')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^3 shards have become 1, 1\.\d kB; \d\.\d kB are free again\.\n$/)
    expect((await cli('compact', '--cache', cache)).stdout).toMatch(/^Nothing to do: 1 shard, 1\.\d kB\.\n$/)
    const { shards, bytes, rows } = JSON.parse((await cli('compact', '--cache', cache, '--json')).stdout)
    expect({ shards, rows, same: bytes.before === bytes.after }).toEqual({ shards: { before: 1, after: 1 }, rows: 0, same: true })
  })

  it('tells of damaged shards, and fails where there is no cache', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] })
    const path = damage(cache)
    expect((await cli('compact', '--cache', cache, '--quiet')).stderr.split('\n').slice(0, 2)).toEqual([
      `${path} was left as it is: its content is not what its name says.`,
      `Drop what is damaged with: npm run cache -- verify --repair --cache ${cache}`,
    ])
    const none = tempFolder()
    const { code, stderr } = await cli('compact', '--cache', none)
    expect([code, stderr]).toEqual([1, expect.stringContaining(`cnn-codes: Expected codes in ${none}, found an empty folder.`)])
  })
})
