import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { labelsOf, type Split, type SplitImage, type SplitOptions, splitImages } from '../../src/evaluate/split.js'
import { userErrorOf } from '../helpers/thrown.js'
import { digest, imagesOf } from './images.js'

const usual: SplitOptions = { split: '0.7', validation: '0.1', seed: 0 }
const { counts: caltech }: { readonly counts: Readonly<Record<string, number>> } = JSON.parse(
  readFileSync('test/fixtures/caltech-101-counts.json', 'utf8'),
)
const parts = ['train', 'validation', 'test'] as const
const sizes = (split: Split) => parts.map((part) => split[part].length)
/** The contents of each part, whatever the order of the images. */
const contents = (images: readonly SplitImage[], split: Split) =>
  parts.map((part) => Array.from(split[part], (index) => images[index]?.sha256).sort())

const bad: { name: string; images: SplitImage[]; options?: Partial<SplitOptions>; message: string; exitCode: 1 | 2 }[] = [
  {
    name: 'no images',
    images: [],
    message: 'Expected at least two classes, found none. Add images of another class.',
    exitCode: 1,
  },
  {
    name: 'one class',
    images: imagesOf({ cat: 9 }),
    message: 'Expected at least two classes, found only "cat". Add images of another class.',
    exitCode: 1,
  },
  {
    name: 'a class too small for three parts',
    images: imagesOf({ cat: 9, dog: 2 }),
    message:
      'Expected at least 3 different images in class "dog" (to train, choose and test), found 2 images. Add images, or leave it out with --exclude-classes "dog".',
    exitCode: 1,
  },
  {
    name: 'a class too small for two parts',
    images: imagesOf({ cat: 9, dog: 1 }),
    options: { validation: '0' },
    message:
      'Expected at least 2 different images in class "dog" (to train and test), found 1 image. Add images, or leave it out with --exclude-classes "dog".',
    exitCode: 1,
  },
  {
    name: 'three copies of one image',
    images: [...imagesOf({ cat: 9 }), ...Array.from({ length: 3 }, () => ({ label: 'dog', sha256: digest('dog') }))],
    message:
      'Expected at least 3 different images in class "dog" (to train, choose and test), found 1 image. Add images, or leave it out with --exclude-classes "dog".',
    exitCode: 1,
  },
  {
    name: 'folders without test',
    images: imagesOf({ cat: 4, dog: 4 }, 'train'),
    message: 'Expected images to test on, found no test folder beside train. Add one, or rename valid to test.',
    exitCode: 1,
  },
  {
    name: 'folders without train',
    images: imagesOf({ cat: 4, dog: 4 }, 'test'),
    message:
      'Expected at least 2 different images of class "cat" in the train folder, found 0. Add images, or leave it out with --exclude-classes "cat".',
    exitCode: 1,
  },
  {
    name: 'a split of 1',
    images: imagesOf({ cat: 4, dog: 4 }),
    options: { split: '1' },
    message: 'Expected --split to be a decimal from 0 to below 1, such as 0.7, got "1".',
    exitCode: 2,
  },
  {
    name: 'a split of 0',
    images: imagesOf({ cat: 4, dog: 4 }),
    options: { split: '0.0' },
    message: 'Expected --split to be above 0, got "0.0".',
    exitCode: 2,
  },
  {
    name: 'a validation that is no number',
    images: imagesOf({ cat: 4, dog: 4 }),
    options: { validation: 'a tenth' },
    message: 'Expected --validation to be a decimal from 0 to below 1, such as 0.7, got "a tenth".',
    exitCode: 2,
  },
]

describe('splitImages', () => {
  it.each(bad)('refuses $name', async ({ images, options, message, exitCode }) => {
    const error = await userErrorOf(() => splitImages(images, { ...usual, ...options }))
    expect(error.message).toBe(message)
    expect(error.exitCode).toBe(exitCode)
  })

  it('gives 6,026 of the 8,677 images of Caltech-101 to training, 556 of them to choices', () => {
    const split = splitImages(imagesOf(caltech), usual)
    expect(sizes(split)).toEqual([6026 - 556, 556, 8677 - 6026])
    expect(split.classes).toHaveLength(101)
    expect(split.classes.slice(0, 3)).toEqual(['Faces', 'Faces_easy', 'Leopards']) // by code units, not as a reader would
  })

  it.each([
    { count: 10, split: '0.7', validation: '0.1', expected: [6, 1, 3] }, // 0.7 · 10 is 7, though 0.7 is a little less in binary
    { count: 100, split: '0.29', validation: '0', expected: [29, 0, 71] }, // 0.29 · 100 = 28.999999999999996 in binary
    { count: 3, split: '0.7', validation: '0.1', expected: [1, 1, 1] },
    { count: 3, split: '0.01', validation: '0.1', expected: [1, 1, 1] },
    { count: 4, split: '0.99', validation: '0.9', expected: [1, 2, 1] },
    { count: 2, split: '0.5', validation: '0', expected: [1, 0, 1] },
    { count: 200, split: '.5', validation: '.25', expected: [75, 25, 100] },
  ])('gives of $count images $expected at $split and $validation', ({ count, split, validation, expected }) => {
    expect(sizes(splitImages(imagesOf({ cat: count, dog: count }), { split, validation, seed: 3 }))).toEqual(
      expected.map((part) => 2 * part),
    )
  })

  it('puts every image into one part and labels it with its class', () => {
    const images = imagesOf({ dog: 17, cat: 31, Emu: 12 })
    const split = splitImages(images, usual)
    const all = parts.flatMap((part) => [...split[part]])
    expect(all.sort((a, b) => a - b)).toEqual([...images.keys()])
    expect(split.classes).toEqual(['Emu', 'cat', 'dog'])
    expect(Array.from(labelsOf(split, Int32Array.of(0, 17, 48)))).toEqual([2, 1, 0])
  })

  it('does not depend on the order of the images, but on the seed', () => {
    const images = imagesOf({ cat: 40, dog: 30 })
    const turned = images.toReversed()
    const split = contents(images, splitImages(images, usual))
    expect(contents(turned, splitImages(turned, usual))).toEqual(split)
    expect(contents(images, splitImages(images, { ...usual, seed: 1 }))).not.toEqual(split)
  })

  it('moves byte-equal images together, each counted as one', () => {
    const images = imagesOf({ cat: 40, dog: 40 }).flatMap((image, i) => (i % 4 === 0 ? [image, image, image] : [image]))
    const split = splitImages(images, usual)
    const partOf = new Map<string, string>()
    for (const part of parts) {
      for (const index of split[part]) {
        const { sha256 } = images[index] ?? { sha256: '' }
        expect(partOf.get(sha256) ?? part).toBe(part)
        partOf.set(sha256, part)
      }
    }
    // 60 images a class: 42 for training, and up to 2 more where the last of them has copies
    expect(split.test.length).toBeLessThanOrEqual(36)
    expect(split.test.length).toBeGreaterThanOrEqual(32)
  })

  it('reports byte-equal images of two classes and leaves them out', () => {
    const shared = digest('shared')
    const images = [{ label: 'cat', sha256: shared }, ...imagesOf({ cat: 10, dog: 10 }), { label: 'dog', sha256: shared }]
    const split = splitImages(images, usual)
    expect(split.conflicts).toEqual([[0, 21]])
    expect(sizes(split)).toEqual([12, 2, 6])
    expect(parts.flatMap((part) => [...split[part]])).not.toContain(0)
  })

  it('gives no targets to a set of one label for each image', () => {
    expect(splitImages(imagesOf({ cat: 4, dog: 4 }), usual).targets).toBeUndefined()
  })

  describe('of folders', () => {
    const folders = (...names: ('train' | 'validation' | 'test')[]) => names.flatMap((part) => imagesOf({ cat: 20, dog: 10 }, part))
    it('uses them as they are', () => {
      const images = folders('train', 'validation', 'test')
      const split = splitImages(images, usual)
      for (const part of parts) expect(Array.from(split[part], (index) => images[index]?.part)).toEqual(new Array(30).fill(part))
    })
    it('takes a missing validation part from train', () => {
      const images = folders('test', 'train')
      const split = splitImages(images, usual)
      expect(sizes(split)).toEqual([27, 3, 30])
      expect(Array.from(split.validation, (index) => images[index]?.part)).toEqual(['train', 'train', 'train'])
      expect(sizes(splitImages(images, { ...usual, validation: '0' }))).toEqual([30, 0, 30])
    })
  })
})
