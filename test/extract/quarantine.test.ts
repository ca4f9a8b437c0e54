import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const fixtures = fileURLToPath(new URL('../fixtures/images/', import.meta.url))
const notAnImage = (found: string) => `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found ${found}.`
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
        reason: `It cannot be read: ELOOP: too many symbolic links encountered, open '${path('circle.jpg')}'.`,
      },
      { path: 'bad/copy-of-text.jpg', cause: 'format', reason: notAnImage('text') },
      {
        path: 'bad/dangling.jpg',
        cause: 'unreadable',
        reason: `It cannot be read: ENOENT: no such file or directory, open '${path('dangling.jpg')}'.`,
      },
      { path: 'bad/drawing.svg', cause: 'format', reason: notAnImage('an SVG drawing') },
      { path: 'bad/pipe.jpg', cause: 'unreadable', reason: 'It is not a file.' },
    ])
    expect(result).toMatchObject({ images: 12, computed: 3, cached: 0, quarantined: 9 })

    const again = await run()
    expect(again).toMatchObject({ images: 12, computed: 0, cached: 3, quarantined: 9 })
    expect(again.quarantine).toEqual(result.quarantine)

    copyFileSync(join(fixtures, 'face.jpg'), path('bad-empty.jpg'))
    rmSync(path('pipe.jpg'))
    renameSync(path('jpeg.txt'), path('dangling-target.jpg'))
    expect(await run()).toMatchObject({ images: 11, computed: 1, cached: 3, quarantined: 7 })
  })

  it.skipIf(process.getuid?.() === 0)('a file without permission, until it can be read (skipped as root)', async () => {
    const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
    const path = join(data, 'a/0.png')
    chmodSync(path, 0)
    const run = () => extractCodes({ data, cache, model, workers: 1 })
    const reason = `It cannot be read: EACCES: permission denied, open '${path}'.`
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
