import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { filledCache, model } from '../helpers/filled-cache.js'
import { noisePng } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'

let filled: Awaited<ReturnType<typeof filledCache>>
beforeAll(async () => {
  filled = await filledCache()
})

const path = (name: string) => join(filled.data, name)

/** What the command prints, without digests and times. */
async function explain(name: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await spawnCli(['cache', 'explain', path(name), '--cache', filled.cache, '--data', filled.data, ...args])
  expect([code, stderr]).toEqual([0, ''])
  const text = stdout.replaceAll(/[0-9a-f]{12}/g, 'DIGEST').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME')
  return text.split('\n')
}

describe('cache explain', () => {
  it('refuses what is no file', async () => {
    const { code, stderr } = await spawnCli(['cache', 'explain', path('none.png'), '--cache', filled.cache])
    expect([code, stderr]).toEqual([1, `cnn-codes: Expected an image file at ${path('none.png')}. It is gone. Check the path.\n`])
  })

  it('tells a hit', async () => {
    const lines = await explain('a/0.png')
    expect(lines[0]).toBe(`Hit: ${path('a/0.png')} (sha256 DIGEST) has a code of ${model}, fingerprint DIGEST.`)
    expect(lines[2]).toMatch(/^shard +row +dtype +bytes +written$/)
    expect(lines.slice(4)).toEqual([
      'DIGEST…/DIGEST….arrow    0  float32  576 bytes  TIME',
      'DIGEST…/DIGEST….arrow    0  float16  288 bytes  TIME',
      '',
      'Files with this content, as the last codes saw them:',
      `  ${path('a/0.png')}`,
      '',
    ])
  })

  it('tells what differs from the nearest kind', async () => {
    expect((await explain('a/0.png', '--resize', 'crop:16', '--no-exif')).slice(0, 5)).toEqual([
      `Miss: ${path('a/0.png')} (sha256 DIGEST) has no code of ${model}, fingerprint DIGEST.`,
      'It has codes of 2 other kinds; the nearest, DIGEST, differs:',
      '  preprocessing.exif is false, the cache has true',
      '  preprocessing.resize is crop:16, the cache has squish',
      '',
    ])
    expect((await explain('b/new.png', '--precision', 'int8')).slice(0, 3)).toEqual([
      `Miss: ${path('b/new.png')} (sha256 DIGEST) has no code of ${model}, not calibrated yet.`,
      'It has a code of another kind, DIGEST, differs:',
      '  precision is int8, the cache has float32',
    ])
  })

  it('tells that it is quarantined, that it changed, that it is unknown', async () => {
    expect((await explain('b/text.jpg')).slice(0, 3)).toEqual([
      `Miss: ${path('b/text.jpg')} (sha256 DIGEST) has no code of ${model}, fingerprint DIGEST.`,
      'It is quarantined: Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.',
      '',
    ])
    renameSync(path('a/0.png'), path('a/kept.png'))
    writeFileSync(path('a/0.png'), await noisePng(77))
    expect((await explain('a/0.png')).slice(1)).toEqual([
      'The file has changed since codes saw it last:',
      expect.stringMatching(/^ {2}then \d+ bytes, written TIME, sha256 DIGEST$/),
      expect.stringMatching(/^ {2}now {2}\d+ bytes, written TIME, sha256 DIGEST$/),
      'The code of what it was then is kept; the next codes computes the new one.',
      '',
    ])
    expect((await explain('a/0.png', '--resize', 'pad')).at(-2)).toBe('The next codes computes its code.')
    writeFileSync(path('never.png'), await noisePng(78))
    expect((await explain('never.png')).slice(1)).toEqual([
      'The cache knows neither this content nor a file at this path: codes has not seen it yet.',
      '',
    ])
  })

  it('prints one object with --json', async () => {
    const { stdout } = await spawnCli(['cache', 'explain', path('a/1.png'), '--cache', filled.cache, '--data', filled.data, '--json'])
    const told = JSON.parse(stdout)
    expect(Object.keys(told)).toEqual(['path', 'image', 'hit', 'model', 'fingerprint', 'identity', 'codes', 'files', 'quarantine', 'miss'])
    expect(told).toMatchObject({ path: path('a/1.png'), hit: true, model, fingerprint: filled.fingerprint, miss: null })
  })
})
