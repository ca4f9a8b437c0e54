import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const model = modelFile(convolution())
const fixtures = fileURLToPath(new URL('../fixtures/images/', import.meta.url))
const notAnImage = (found: string) => `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found ${found}.`
const isFolder = 'It is a folder named like an image file. Rename it to have the images in it, or take it away.'
const cut = 'The JPEG file is cut off: its end is missing.'

describe('extractCodes quarantines', () => {
  it('whatever cannot be used, with the reason, and goes on', async () => {
    const [data, cache] = [await imageFolder({ good: 2 }), tempFolder()]
    const bad = join(data, 'bad')
    mkdirSync(bad)
    for (const name of readdirSync(fixtures).filter((name) => name.startsWith('bad-'))) copyFileSync(join(fixtures, name), join(bad, name))
    copyFileSync(join(fixtures, 'bad-text.jpg'), join(bad, 'copy-of-text.jpg'))
    put(data, 'bad/drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    symlinkSync('nowhere.jpg', join(bad, 'dangling.jpg'))
    symlinkSync('circle.jpg', join(bad, 'circle.jpg'))
    execFileSync('mkfifo', [join(bad, 'pipe.jpg')])
    put(data, 'bad/folder.jpg/1.png', await noisePng(99))
    symlinkSync('../good', join(bad, 'linked-folder.PNG'))
    put(data, 'bad/jpeg.txt', readFileSync(join(fixtures, 'yin.jpg')))

    const run = () => extractCodes({ data, cache, model, workers: 1 })
    const result = await run()
    const path = (name: string) => join(bad, name)
    expect(result.quarantine).toEqual([
      { path: 'bad/bad-empty.jpg', cause: 'empty', reason: 'The file is empty.' },
      { path: 'bad/bad-header-only.jpg', cause: 'truncated', reason: cut },
      { path: 'bad/bad-text.jpg', cause: 'format', reason: notAnImage('text') },
      { path: 'bad/bad-truncated.jpg', cause: 'truncated', reason: cut },
      {
        path: 'bad/circle.jpg',
        cause: 'unreadable',
        reason: 'It is a link that leads in a circle.',
      },
      { path: 'bad/copy-of-text.jpg', cause: 'format', reason: notAnImage('text') },
      { path: 'bad/dangling.jpg', cause: 'unreadable', reason: 'It is a link to nowhere.jpg, where nothing is.' },
      { path: 'bad/drawing.svg', cause: 'format', reason: notAnImage('an SVG drawing') },
      { path: 'bad/folder.jpg', cause: 'unreadable', reason: isFolder },
      { path: 'bad/linked-folder.PNG', cause: 'unreadable', reason: isFolder },
      { path: 'bad/pipe.jpg', cause: 'unreadable', reason: 'It is not a file but a pipe or a device.' },
    ])
    expect(result).toMatchObject({ images: 14, computed: 3, cached: 0, quarantined: 11 })

    const again = await run()
    expect(again).toMatchObject({ images: 14, computed: 0, cached: 3, quarantined: 11 })
    expect(again.quarantine).toEqual(result.quarantine)

    copyFileSync(join(fixtures, 'face.jpg'), path('bad-empty.jpg'))
    rmSync(path('pipe.jpg'))
    renameSync(path('jpeg.txt'), path('dangling-target.jpg'))
    expect(await run()).toMatchObject({ images: 13, computed: 1, cached: 3, quarantined: 9 })
  })

  it.skipIf(process.getuid?.() === 0)('a file without permission, until it can be read (skipped as root)', async () => {
    const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
    const path = join(data, 'a/0.png')
    chmodSync(path, 0)
    const run = () => extractCodes({ data, cache, model, workers: 1 })
    const reason = 'Its permissions forbid to read it.'
    expect((await run()).quarantine).toEqual([{ path: 'a/0.png', cause: 'unreadable', reason }])
    chmodSync(path, 0o644)
    expect(await run()).toMatchObject({ computed: 1, cached: 1, quarantined: 0 })
  })

  it('a bad file of a class that is left out neither now nor for ever', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    put(data, 'b/bad.jpg', 'text')
    const run = (classes?: readonly string[]) => extractCodes({ data, cache, model, workers: 1, classes })
    expect(await run(['a'])).toMatchObject({ images: 1, quarantined: 0 })
    expect(await run()).toMatchObject({ images: 2, quarantined: 1 })
    expect(await run(['a'])).toMatchObject({ images: 1, quarantined: 0 })
    expect(await run()).toMatchObject({ images: 2, quarantined: 1 })
  })

  it('everything, and says so in one sentence', async () => {
    const data = tempFolder()
    put(data, 'a/1.jpg', 'text')
    writeFileSync(join(data, 'a/2.jpg'), '')
    const error = await userErrorOf(() => extractCodes({ data, cache: tempFolder(), model, workers: 1 }))
    expect(error.message).toBe(
      `Expected at least one usable image in ${data}, found that all 2 had to be refused. a/1.jpg: ${notAnImage('text')}`,
    )
  })
})

describe('the next run takes', () => {
  const image = readFileSync(join(fixtures, 'yin.jpg'))

  it.each<[string, (path: string) => void, (path: string) => void]>([
    ['what an empty file was', (path) => writeFileSync(path, ''), (path) => writeFileSync(path, image)],
    ['a cut file that was fetched again', (path) => writeFileSync(path, image.subarray(0, 999)), (path) => writeFileSync(path, image)],
    [
      'other content of the same size and time',
      (path) => {
        writeFileSync(path, Buffer.alloc(image.length))
        utimesSync(path, 1e9, 1e9)
      },
      (path) => {
        writeFileSync(path, image)
        utimesSync(path, 1e9, 1e9)
      },
    ],
    ['the target of a link', (path) => symlinkSync('../../target', path), (path) => writeFileSync(join(path, '../../../target'), image)],
    [
      'a file in place of a folder',
      (path) => put(path, 'inside.jpg', image),
      (path) => {
        rmSync(path, { recursive: true })
        writeFileSync(path, image)
      },
    ],
    [
      'the images of a folder that was renamed',
      (path) => put(path, 'inside.jpg', image),
      (path) => renameSync(path, join(path, '..', 'folder')),
    ],
  ])('%s', async (_, spoil, mend) => {
    const [parent, cache] = [tempFolder(), tempFolder()]
    const data = join(parent, 'data')
    put(data, 'a/good.png', await noisePng(1))
    spoil(join(data, 'a', 'x.jpg'))
    const run = () => extractCodes({ data, cache, model, workers: 1 })
    expect(await run()).toMatchObject({ images: 2, computed: 1, quarantined: 1 })
    trustStamps(cache, realpathSync(data))
    expect(await run()).toMatchObject({ images: 2, computed: 0, cached: 1, quarantined: 1 })
    mend(join(data, 'a', 'x.jpg'))
    expect(await run()).toMatchObject({ images: 2, computed: 1, cached: 1, quarantined: 0 })
  })
})

describe('extractCodes', () => {
  it('takes what can be decoded of damaged files with truncated: accept, under another key', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    for (const name of ['bad-truncated.jpg', 'bad-header-only.jpg', 'bad-text.jpg', 'bad-empty.jpg'])
      copyFileSync(join(fixtures, name), join(data, 'a', name))
    const run = (truncated?: 'accept' | 'reject') => extractCodes({ data, cache, model, workers: 1, truncated })
    const plain = await run()
    expect(plain).toMatchObject({ computed: 1, quarantined: 4 })
    const patched = await run('accept')
    expect(patched).toMatchObject({ computed: 2, quarantined: 3 })
    expect(patched.quarantine.map(({ path }) => path)).toEqual(['a/bad-empty.jpg', 'a/bad-header-only.jpg', 'a/bad-text.jpg'])
    expect(patched.fingerprint).not.toBe(plain.fingerprint)
    expect(await run('reject')).toMatchObject({ computed: 0, cached: 1, quarantined: 4, fingerprint: plain.fingerprint })
  })

  it('tries what was too large again under another limit, with the same key', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    copyFileSync(join(fixtures, 'yin.jpg'), join(data, 'a', 'large.jpg'))
    const run = (pixelLimit?: number) => extractCodes({ data, cache, model, workers: 1, pixelLimit })
    const small = await run(300 * 245 - 1)
    expect(small.quarantine).toEqual([
      { path: 'a/large.jpg', cause: 'too-large', reason: 'The JPEG file has more than 73499 pixels. --pixel-limit sets another limit.' },
    ])
    trustStamps(cache, data)
    expect(await run(300 * 245 - 1)).toMatchObject({ computed: 0, quarantined: 1 })
    expect(await run()).toMatchObject({ computed: 1, cached: 1, quarantined: 0, fingerprint: small.fingerprint })
  })

  it.each([
    [0, 'Expected pixelLimit to be a whole number above 0, got 0.'],
    [1e9, 'Expected --pixel-limit to be at most 700000000, got 1000000000.'],
  ])('refuses pixelLimit %d', async (pixelLimit, message) => {
    expect((await userErrorOf(() => extractCodes({ data: 'x', pixelLimit }))).message).toBe(message)
  })
})
