import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listQuarantine } from '../../src/cache/list-quarantine.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const notAnImage = 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.'
const kind = (layer: string) => ({
  model,
  layer,
  size: 8,
  precision: 'float32',
  resize: 'squish',
  decoder: 'exact',
  exif: true,
  alpha: 'white',
  truncated: 'reject',
  augment: 'none',
  view: 0,
})

/** A coded folder with three bad files, one of them taken since by a second kind of code. */
async function quarantined() {
  const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
  put(data, 'a/e\u001b[31mvil.jpg', 'text')
  put(data, 'a/text.jpg', 'text')
  mkdirSync(join(data, 'a/unpacked.jpg'))
  await extractSeveral({ data, cache, models: [model], layers: ['y', 'conv'], workers: 1 })
  rmSync(join(data, 'a/text.jpg'))
  await extractSeveral({ data, cache, models: [model], layers: ['y'], workers: 1 })
  put(data, 'a/0.png', '')
  await extractSeveral({ data, cache, models: [model], layers: ['y'], workers: 1 })
  return { data, cache }
}

describe('cache quarantine', () => {
  it('refuses a cache without a catalog, and data that it does not know', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    const tail = `Give its folders with --data and --cache, or make one with: npm run codes -- --data ${data} --cache ${cache}`
    const run = () => spawnCli(['cache', 'quarantine', '--data', data, '--cache', cache])
    const none = `cnn-codes: Expected a run of codes on the images of ${data}, found none in ${cache}. ${tail}\n`
    expect(await run()).toEqual({ code: 1, stdout: '', stderr: none })
    await extractSeveral({ data: await imageFolder({ a: 1 }), cache, models: [model], workers: 1 })
    expect((await userErrorOf(() => listQuarantine({ data, cache }))).message).toBe(
      `Expected a run of codes on the images of ${data}, found other data only in ${cache}. ${tail}`,
    )
  })

  it('says so where nothing is quarantined, also when the data is gone', async () => {
    const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
    await extractSeveral({ data, cache, models: [model], workers: 1 })
    rmSync(data, { recursive: true })
    const { code, stdout } = await spawnCli(['cache', 'quarantine', '--data', data, '--cache', cache])
    expect([code, stdout]).toEqual([0, `Of the 2 files of ${data} none is quarantined.\n`])
  })

  it('lists files with cause and reason, for which codes, and counts by cause', async () => {
    const { data, cache } = await quarantined()
    const args = ['cache', 'quarantine', '--data', data, '--cache', cache]
    const folder = 'It is a folder named like an image file. Rename it to have the images in it, or take it away.'
    const { stdout, stderr, code } = await spawnCli([...args, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual({
      data,
      files: 4,
      quarantined: 3,
      causes: { empty: 1, format: 1, unreadable: 1 },
      quarantine: [
        { path: 'a/0.png', cause: 'empty', reason: 'The file is empty.', kinds: [kind('y')] },
        { path: 'a/e\u001b[31mvil.jpg', cause: 'format', reason: notAnImage, kinds: [kind('conv'), kind('y')] },
        { path: 'a/unpacked.jpg', cause: 'unreadable', reason: folder, kinds: [kind('conv'), kind('y')] },
      ],
    })
    const lines = (await spawnCli(args)).stdout.split('\n')
    expect(lines[0]).toMatch(/^file +cause +reason +codes$/)
    expect(lines[2]?.split(/ {2,}/)).toEqual(['a/0.png', 'empty', 'The file is empty.', `${model} --layer y`])
    expect(lines[3]).toMatch(/^a\/e\\u001b\[31mvil\.jpg +format +Expected .*, found text\. /)
    expect(lines.slice(-4)).toEqual([
      '',
      `Of the 4 files of ${data} 3 are quarantined: 1 empty, 1 format, 1 unreadable.`,
      'Mend or remove them and run codes again.',
      '',
    ])
  })

  it('lists what a run refused that found no usable image', async () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    put(data, 'a/cut.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
    writeFileSync(join(data, 'a/empty.jpg'), '')
    await userErrorOf(() => extractSeveral({ data, cache, models: [model], workers: 1 }))
    expect(listQuarantine({ data, cache }).quarantine).toEqual([
      { path: 'a/cut.jpg', cause: 'truncated', reason: 'The JPEG file is cut off: its end is missing.', kinds: [] },
      { path: 'a/empty.jpg', cause: 'empty', reason: 'The file is empty.', kinds: [] },
    ])
  })
})
