import { usageError } from '../../base/errors.js'
import type { DatasetSource } from './dataset-source.js'

/**
 * The data sets of the recipes, each from its official address.
 *
 * Caltech-101: address and md5 as torchvision's main branch states them (datasets/caltech.py, pull request 9205: the earlier Google Drive
 * files are gone). data.caltech.edu states no checksum on the page that could be read; the length is what others report of the download.
 * Images: 9,144 as those who unpack it count them, of which 8,677 are not background.
 * Flowers: address as TensorFlow's tutorials have it, whose output shows the length and the number of images; md5 as the test of
 * TensorFlow's own Model Maker demo states it (image_classification_demo_test.py).
 * Food-101: address and md5 as torchvision states them (datasets/food101.py), by https, which the same server speaks; the length is what
 * it sends; 101 classes of 1,000 images by its authors' page.
 */
export const datasetSources: readonly DatasetSource[] = [
  {
    name: 'caltech-101',
    title: 'Caltech-101',
    licence: 'CC BY 4.0 (CaltechDATA, doi 10.22002/D1.20086)',
    file: 'caltech-101.zip',
    url: 'https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip',
    ...checked(137_414_764, '3138e1922a9193bfa496528edbbc45d0', 'torchvision'),
    inner: 'caltech-101/101_ObjectCategories.tar.gz',
    root: '101_ObjectCategories',
    images: 9144,
    imageFolder: '',
    background: 'BACKGROUND_Google',
  },
  {
    name: 'flowers',
    title: 'TensorFlow flowers',
    licence: 'CC BY 2.0, each photograph by its own author (LICENSE.txt in the archive)',
    file: 'flower_photos.tgz',
    url: 'https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz',
    ...checked(228_813_984, '6f87fb78e9cc9ab41eff2015b380011d', 'TensorFlow Model Maker'),
    inner: undefined,
    root: 'flower_photos',
    images: 3670,
    imageFolder: '',
    background: undefined,
  },
  {
    name: 'food-101',
    title: 'Food-101',
    licence: "the photographs' owners keep their rights; fair scientific use (license_agreement.txt in the archive)",
    file: 'food-101.tar.gz',
    url: 'https://data.vision.ee.ethz.ch/cvl/food-101.tar.gz',
    ...checked(4_996_278_331, '85eeb15f3717b99a5da872d97d918f87', 'torchvision'),
    inner: undefined,
    root: 'food-101',
    images: 101_000,
    imageFolder: 'images',
    background: undefined,
  },
]

/**
 * The data set of a name.
 *
 * @throws UserError where there is none, with those there are.
 */
export function datasetSource(name: string): DatasetSource {
  const source = datasetSources.find((one) => one.name === name)
  if (source) return source
  throw usageError('the data set', `one of ${datasetSources.map((one) => one.name).join(', ')}`, name)
}

/** The checksum decides; a download that is much longer is broken off. */
function checked(bytes: number, md5: string, statedBy: string) {
  return { bytes, maxBytes: Math.ceil(1.1 * bytes), checksum: { algorithm: 'md5', hex: md5 }, statedBy } as const
}
