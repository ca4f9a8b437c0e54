import { expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { type SplitImage, splitImages } from '../../src/evaluate/split.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'
import { imagesOf } from './images.js'

const usual = { split: '0.7', validation: '0.1', seed: 0 }
const parts = ['train', 'validation', 'test'] as const

/** Images of which every third belongs to one of a few clusters across all classes. */
function clustered(seed: number): SplitImage[] {
  const random = seededRandom(seed)
  const images = imagesOf({ ant: 30, bee: 50, cat: 20 })
  return images.map((image) => (random() < 1 / 3 ? { ...image, cluster: `cluster ${Math.floor(random() * 12)}` } : image))
}

it.each([0, 1, 2, 3, 4, 5])('no cluster is in two parts, whatever its classes (seed %i)', (seed) => {
  const images = clustered(seed)
  const split = splitImages(images, { ...usual, seed })
  const places = new Map<string, Set<string>>()
  for (const part of parts) {
    for (const index of split[part]) {
      const { cluster = `alone ${index}` } = images[index] ?? {}
      places.set(cluster, (places.get(cluster) ?? new Set()).add(part))
    }
  }
  expect([...places].filter(([, of]) => of.size > 1)).toEqual([])
  const all = parts.flatMap((part) => [...split[part]]).sort((a, b) => a - b)
  expect(all).toEqual([...images.keys()])
  // Clusters are of a few images, so the shares are met about.
  expect(Math.abs(split.test.length - 30)).toBeLessThanOrEqual(10)
  expect(split.validation.length).toBeGreaterThanOrEqual(3)
})

it('does not depend on the order of the images', () => {
  const images = clustered(1)
  const contents = (of: readonly SplitImage[]) =>
    parts.map((part) => Array.from(splitImages(of, usual)[part], (at) => of[at]?.sha256).sort())
  const other = contents([...images].reverse())
  expect(other).toEqual(contents(images))
})

it('says so where clusters leave a class nothing for a part', async () => {
  const images = imagesOf({ ant: 20, bee: 3 })
  const { train } = splitImages(images, usual)
  const together = images.map((image, at) => {
    const other = train[at < 20 ? [...train].indexOf(at) : at - 20] ?? -1 // of three train images of ant each is with one of bee
    return at >= 20 || [...train.subarray(0, 3)].includes(at) ? { ...image, cluster: images[other]?.sha256 } : image
  })
  expect(await userErrorOf(() => splitImages(together, usual))).toMatchObject({
    message:
      'Expected images of class "bee" for every part, found that --split-by-cluster keeps too many of them together with images of other classes. Leave that option out, or leave duplicates out with --exclude FILE (duplicates --apply FILE makes it).',
    exitCode: 1,
  })
})

it('refuses clusters where folders divide the images', () =>
  expectUsageError(
    () =>
      splitImages(
        imagesOf({ ant: 4, bee: 4 }, 'train').map((image) => ({ ...image, cluster: 'one' })),
        usual,
      ),
    'Expected --split-by-cluster to be left out where train and test folders divide the images, got true.',
  ))
