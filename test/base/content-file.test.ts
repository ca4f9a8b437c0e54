import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readContentFile, sha256, writeContentFile } from '../../src/base/content-file.js'
import { tempFolder } from '../helpers/temp-folder.js'

const placeIn = (folder: string) => ({ folder: join(folder, 'new'), start: 'net-1', end: '.onnx' })
const [first, second] = [Buffer.from('first'), Buffer.from('second')]

describe('a content file', () => {
  it('is read as it was written, under its digest', async () => {
    const place = placeIn(tempFolder())
    expect(await readContentFile(place)).toBeUndefined()
    const digest = await writeContentFile(place, first)
    expect(digest).toBe('a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e')
    expect(await readContentFile(place)).toEqual({ path: join(place.folder, `net-1-${digest}.onnx`), bytes: first, digest })
  })

  it('takes the place of earlier ones, and of no others', async () => {
    const place = placeIn(tempFolder())
    for (const other of [{ start: 'net' }, { start: 'net-1-more' }, { end: '.json' }]) await writeContentFile({ ...place, ...other }, first)
    await writeContentFile(place, first)
    await writeContentFile(place, second)
    expect((await readContentFile(place))?.bytes).toEqual(second)
    expect(readdirSync(place.folder)).toHaveLength(4)
  })

  it('that is damaged is removed and not read', async () => {
    const place = placeIn(tempFolder())
    const digest = await writeContentFile(place, first)
    const path = join(place.folder, `net-1-${digest}.onnx`)
    writeFileSync(path, 'fir')
    expect(await readContentFile(place)).toBeUndefined()
    expect(readdirSync(place.folder)).toEqual([])
  })

  it('that is damaged stays where nothing may be removed', async () => {
    const place = placeIn(tempFolder())
    const digest = await writeContentFile(place, first)
    writeFileSync(join(place.folder, `net-1-${digest}.onnx`), 'fir')
    expect(await readContentFile(place, { removeDamaged: false })).toBeUndefined()
    expect(readdirSync(place.folder)).toHaveLength(1)
  })

  it('that cannot be read is an error and stays', async () => {
    const place = placeIn(tempFolder())
    mkdirSync(place.folder)
    const name = `net-1-${sha256(first)}.onnx`
    symlinkSync(name, join(place.folder, name)) // a link to itself: nobody can read it, not even root
    await expect(readContentFile(place)).rejects.toThrow(/ELOOP/)
    expect(readdirSync(place.folder)).toEqual([name])
  })

  it('that is gone when it is read is passed over', async () => {
    const place = placeIn(tempFolder())
    await writeContentFile(place, second)
    symlinkSync('/nowhere', join(place.folder, `net-1-${'0'.repeat(64)}.onnx`)) // comes before the whole one
    expect((await readContentFile(place))?.bytes).toEqual(second)
  })

  it.skipIf(process.getuid?.() === 0)('that cannot be written is an error', async () => {
    const folder = tempFolder()
    chmodSync(folder, 0o500)
    await expect(writeContentFile(placeIn(folder), first)).rejects.toThrow(/EACCES/)
  })
})

it('sha256 is in hex', () => {
  expect(sha256(readFileSync(new URL('../fixtures/images/bad-empty.jpg', import.meta.url)))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
})
