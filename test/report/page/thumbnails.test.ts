import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { makeThumbnails } from '../../../src/report/page/thumbnails.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const images = join(import.meta.dirname, '../../fixtures/images')

test('a thumbnail is a small WebP of the same shape, one for each path', async () => {
  const path = join(images, 'airplane.jpg')
  const thumbnails = await makeThumbnails([path, path])
  expect([...thumbnails.keys()]).toEqual([path])
  const made = thumbnails.get(path)
  if (made?.kind !== 'image') throw new Error('Expected an image.')
  const whole = await sharp(path).metadata()
  const bytes = Buffer.from(made.uri.slice('data:image/webp;base64,'.length), 'base64')
  const kept = await sharp(bytes).metadata()
  expect({ format: kept.format, width: kept.width, height: kept.height }).toEqual({
    format: 'webp',
    width: made.width,
    height: made.height,
  })
  expect(Math.max(made.width, made.height)).toBe(96)
  expect(made.width / made.height).toBeCloseTo(whole.width / whole.height, 1)
  expect(bytes.length).toBeLessThan(4_000)
})

test('an image is turned as its EXIF orientation says, and a small one stays as it is', async () => {
  const [turned, tiny] = ['face-exif6.jpg', 'tiny-3x2.png'].map((name) => join(images, name))
  const thumbnails = await makeThumbnails([turned ?? '', tiny ?? ''], { side: 40 })
  const stored = await sharp(turned).metadata()
  const upright = thumbnails.get(turned ?? '')
  if (upright?.kind !== 'image') throw new Error('Expected an image.')
  expect(upright.height > upright.width).toBe(stored.width > stored.height)
  expect(thumbnails.get(tiny ?? '')).toMatchObject({ kind: 'image', width: 3, height: 2 })
})

test('what cannot be shown says why', async () => {
  const folder = tempFolder()
  const at = (name: string) => join(folder, name)
  mkdirSync(at('folder.jpg'))
  writeFileSync(at('drawing.jpg'), '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')
  const cut = join(images, 'bad-truncated.jpg')
  const thumbnails = await makeThumbnails([at('gone.jpg'), at('drawing.jpg'), at('folder.jpg'), cut])
  expect([...thumbnails.values()]).toEqual([
    { kind: 'missing', reason: 'The file is gone.' },
    { kind: 'missing', reason: 'Not an image but an SVG drawing.' },
    { kind: 'missing', reason: 'The file cannot be read: EISDIR: illegal operation on a directory, read.' },
    { kind: 'missing', reason: 'The JPEG file is cut off: its end is missing.' },
  ])
})
