import { describe, expect, it } from 'vitest'
import { labelsOf, type SplitImage, type SplitOptions, splitImages, targetsOf } from '../../src/evaluate/split.js'
import { userErrorOf } from '../helpers/thrown.js'
import { digest } from './images.js'

const usual: SplitOptions = { split: '0.7', validation: '0.1', seed: 0 }
const parts = ['train', 'validation', 'test'] as const

/** So many images of each set of labels, such as 'cat;pet'; '' is none. */
const severalOf = (counts: Readonly<Record<string, number>>, part?: SplitImage['part']): SplitImage[] =>
  Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => ({
      label,
      labels: label.split(';').filter((one) => one !== ''),
      sha256: digest(`${part} ${label} ${i}`),
      part,
    })),
  )

const usualCounts = { 'cat;pet': 20, pet: 40, '': 10, 'dog;pet': 10, 'cat;dog;pet': 5 }

describe('splitImages of a multi-label set', () => {
  it('gives every image a row of its labels', () => {
    const images = severalOf({ 'cat;pet': 20, '': 10, dog: 10 })
    const split = splitImages(images, usual)
    expect(split.classes).toEqual(['cat', 'dog', 'pet'])
    expect([...targetsOf(split, Int32Array.of(0, 29, 39))]).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0])
    expect(split.targets).toHaveLength(40 * 3)
  })

  it('splits inside the images that share their rarest label: dog before cat before pet; and those with none', () => {
    const images = severalOf(usualCounts)
    const split = splitImages(images, usual)
    expect([...labelsOf(split, Int32Array.of(0, 20, 60, 70, 80))]).toEqual([0, 2, 3, 1, 1])
    const counts = parts.map((part) =>
      [0, 1, 2, 3].map((stratum) => labelsOf(split, split[part]).filter((label) => label === stratum).length),
    )
    expect(counts).toEqual([
      [13, 9, 26, 6],
      [1, 1, 2, 1],
      [6, 5, 12, 3],
    ])
    expect(parts.flatMap((part) => [...split[part]]).sort((a, b) => a - b)).toEqual([...images.keys()])
  })

  it('takes of two labels that are as rare the first as the rarer', () => {
    const split = splitImages(severalOf({ 'cat;dog': 5, '': 5 }), usual)
    expect([...labelsOf(split, Int32Array.of(0, 5))]).toEqual([0, 2])
  })

  it('depends on content and seed alone', () => {
    const images = severalOf(usualCounts)
    const contents = (of: readonly SplitImage[], seed = 0) =>
      [...splitImages(of, { ...usual, seed }).test].map((index) => of[index]?.sha256)
    expect(contents(images.toReversed())).toEqual(contents(images))
    expect(contents(images, 1)).not.toEqual(contents(images))
  })

  it('keeps byte-equal images together, and leaves them out where their labels differ', () => {
    const [first] = severalOf({ 'cat;pet': 1 })
    if (!first) throw new Error('no image')
    const copies = [first, ...severalOf(usualCounts).slice(1), first]
    const split = splitImages(copies, usual)
    const partOf = (index: number) => parts.find((part) => split[part].includes(index))
    expect(partOf(copies.length - 1)).toBe(partOf(0))
    const conflicting = [...copies, { ...first, label: 'pet', labels: ['pet'] }]
    expect(splitImages(conflicting, usual).conflicts).toEqual([[0, copies.length - 1, copies.length]])
  })

  it('takes labels on too few images for training, and says so', () => {
    const notes: string[] = []
    const split = splitImages(severalOf({ ...usualCounts, 'pet;rat': 2, fox: 1 }), { ...usual, onNote: (text) => notes.push(text) })
    expect(notes).toEqual(['Too few images to split, all of them are to train: those whose rarest label is "fox", "rat".'])
    const rare = [...split.train].filter((index) => index >= 85)
    expect(rare).toHaveLength(3)
  })

  it('is content with one label that some images have', () => {
    expect(splitImages(severalOf({ cat: 10, '': 10 }), usual).classes).toEqual(['cat'])
  })

  it('uses folders as they are, and takes a missing validation part from train', () => {
    const images = [...severalOf({ 'cat;pet': 10, pet: 10, rat: 1 }, 'train'), ...severalOf({ 'cat;pet': 3, '': 2 }, 'test')]
    const notes: string[] = []
    const split = splitImages(images, { ...usual, onNote: (text) => notes.push(text) })
    expect([parts.map((part) => split[part].length), notes]).toEqual([[19, 2, 5], []])
    expect([...split.test].every((index) => images[index]?.part === 'test')).toBe(true)
  })

  it.each([
    ['no label at all', severalOf({ '': 10 }), 'Expected at least one label, found that no image has any. Write labels: path,cat;pet.'],
    [
      'labels on too few images alone',
      severalOf({ cat: 2, 'dog;pet': 1 }),
      'Expected images to test on, found that every label is on too few images to split. Add images.',
    ],
    [
      'no label in the test part',
      [...severalOf({ cat: 5, '': 5 }, 'train'), ...severalOf({ '': 5 }, 'test')],
      'Expected labels on some of the images to test on, found none. Add images that have some.',
    ],
    [
      'a label that no train image has',
      [...severalOf({ 'cat;pet': 5, '': 5 }, 'train'), ...severalOf({ cat: 5, 'dog;fox': 5 }, 'test')],
      'Expected every label on some of the images to train on and not on all, found "dog", "fox" on none. Add images, or leave them out with --exclude-classes "dog,fox".',
    ],
    [
      'a label that all train images have',
      severalOf({ 'cat;pet': 10, pet: 10 }),
      'Expected every label on some of the images to train on and not on all, found "pet" on all 12. Add images, or leave it out with --exclude-classes "pet".',
    ],
  ])('refuses %s', async (_, images, message) => {
    expect((await userErrorOf(() => splitImages(images, usual))).message).toBe(message)
  })
})
