import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError, usageError } from '../../src/base/errors.js'
import { writeDemoImages } from '../../src/recipes/demo-images.js'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-images-'))
})
afterEach(() => rm(folder, { recursive: true }))

const small = { classes: 3, perClass: 4, size: 48 }

/** Digest of each file by its path in the folder, in order. */
async function digests(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const pairs = files.sort().map(
    async (file) =>
      [
        file.slice(dir.length + 1),
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      ] as const,
  )
  return new Map(await Promise.all(pairs))
}

test.each([
  [{ classes: 1 }, usageError('classes', 'a whole number from 2 to 10', 1)],
  [{ classes: 11 }, usageError('classes', 'a whole number from 2 to 10', 11)],
  [{ perClass: 0 }, usageError('perClass', 'a whole number from 1 to 1000', 0)],
  [{ size: 48.5 }, usageError('size', 'a whole number from 32 to 512', 48.5)],
  [{ seed: -1 }, usageError('seed', 'a whole number from 0 to 4294967295', -1)],
])('writeDemoImages refuses %o', async (options, error) => {
  await expect(writeDemoImages(join(folder, 'new'), options)).rejects.toThrow(error)
  expect(await readdir(folder)).toEqual([])
})

test('writeDemoImages refuses a folder that holds something', async () => {
  await writeFile(join(folder, 'holiday.jpg'), '')
  const message = `Expected an empty or a new folder for the demo's images, got "${folder}" with 1 entries. Choose another folder.`
  await expect(writeDemoImages(folder, small)).rejects.toThrow(new UserError(message))
  expect(await readdir(folder)).toEqual(['holiday.jpg'])
})

test('writeDemoImages refuses a folder that cannot be made', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const message = `Expected a folder for the demo's images that can be written, got "${file}" (EEXIST). Choose another folder.`
  await expect(writeDemoImages(file, small)).rejects.toThrow(new UserError(message))
})

test('writeDemoImages writes a folder per class with JPEG files of the size asked for', async () => {
  expect(await writeDemoImages(join(folder, 'new'), small)).toEqual({ images: 12, classes: ['bricks', 'checks', 'crosses'] })
  const files = await digests(join(folder, 'new'))
  expect([...files.keys()].slice(0, 5)).toEqual(['bricks/000.jpg', 'bricks/001.jpg', 'bricks/002.jpg', 'bricks/003.jpg', 'checks/000.jpg'])
  expect(new Set(files.values()).size).toBe(12)
  const found = await sharp(join(folder, 'new', 'checks', '003.jpg')).metadata()
  expect(found).toMatchObject({ format: 'jpeg', width: 48, height: 48, channels: 3 })
})

test('writeDemoImages: one seed, one data set', async () => {
  const [a, b, c] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')]
  await writeDemoImages(a, small)
  await writeDemoImages(b, small)
  await writeDemoImages(c, { ...small, seed: 1 })
  const [first, again, other] = [await digests(a), await digests(b), await digests(c)]
  expect(again).toEqual(first)
  expect(new Set([...first.values(), ...other.values()]).size).toBe(24)
})

test('writeDemoImages: an image does not depend on how many others there are', async () => {
  await writeDemoImages(join(folder, 'few'), { ...small, classes: 2, perClass: 2 })
  await writeDemoImages(join(folder, 'many'), small)
  const [few, many] = [await digests(join(folder, 'few')), await digests(join(folder, 'many'))]
  expect([...few.keys()].every((file) => few.get(file) === many.get(file))).toBe(true)
})
