import { UserError } from '../base/errors.js'
import { quotedList } from './quoted-list.js'
import type { SplitImage } from './split-image.js'

/** The labels of a data set's images. */
export interface LabelTable {
  /** In the order of their code units. */
  readonly classes: readonly string[]
  /** Class of every image, [images]; in a multi-label set its rarest label, the number of classes where it has none. */
  readonly labels: Int32Array
  /** Of a multi-label set, which labels an image has: [images, classes] of 0 and 1. Undefined: one class for each image. */
  readonly targets?: Uint8Array | undefined
}

/**
 * The labels of a set whose images have several or none. `labels` holds each image's rarest label (on ties the first), or the number
 * of classes where it has none: images are split within these strata, so that rare labels come into every part.
 */
export function multiLabels(images: readonly SplitImage[]): LabelTable {
  const classes = [...new Set(images.flatMap(({ labels = [] }) => labels))].sort()
  if (classes.length === 0) throw new UserError('Expected at least one label, found that no image has any. Write labels: path,cat;pet.')
  const numberOf = new Map(classes.map((label, number) => [label, number]))
  const targets = new Uint8Array(images.length * classes.length) // [images, C]
  const counts = classes.map(() => 0)
  images.forEach(({ labels = [] }, index) => {
    for (const label of labels) {
      const number = numberOf.get(label) ?? 0
      targets[index * classes.length + number] = 1
      counts[number] = (counts[number] ?? 0) + 1
    }
  })
  const byRarity = [...classes.keys()].sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0))
  const rarest = (index: number) => byRarity.find((number) => targets[index * classes.length + number] === 1) ?? classes.length
  return { classes, targets, labels: Int32Array.from(images.keys(), rarest) }
}

/**
 * Throws unless each label is on some image of the train part and missing on another, else there is nothing to learn of it; and unless
 * a test image has a label.
 */
export function checkTargets({
  classes,
  targets,
  train,
  test,
}: LabelTable & { readonly train: Int32Array; readonly test: Int32Array }): void {
  if (targets === undefined) return
  const isLabelled = (image: number) => targets.subarray(image * classes.length, (image + 1) * classes.length).includes(1)
  if (!test.some(isLabelled))
    throw new UserError('Expected labels on some of the images to test on, found none. Add images that have some.')
  const counts = classes.map((_, label) => train.reduce((sum, image) => sum + (targets[image * classes.length + label] ?? 0), 0))
  const never = classes.filter((_, label) => counts[label] === 0)
  const always = classes.filter((_, label) => counts[label] === train.length)
  const [found, where] = never.length > 0 ? [never, 'on none'] : [always, `on all ${train.length}`]
  const [first] = found
  if (first === undefined) return
  const rule = `Expected every label on some of the images to train on and not on all, found ${quotedList(found)} ${where}.`
  throw new UserError(`${rule} Add images, or leave ${found.length === 1 ? 'it' : 'them'} out with --exclude-classes "${found.join(',')}".`)
}
