import { UserError, usageError } from '../base/errors.js'
import { type Fraction, floorOf, parseFraction } from './fraction.js'
import { rankHash } from './rank-hash.js'

/** An image to be put into a part. */
export interface SplitImage {
  readonly label: string
  /** Of the image file's bytes, in hex. */
  readonly sha256: string
  /** Set where the folders divide the data set; then they are used as they are. */
  readonly part?: 'train' | 'validation' | 'test' | undefined
}

export interface SplitOptions {
  /** Train part of each class, a decimal such as '0.7'. */
  readonly split: string
  /** Part of each class's train part that choices are made on, '0' for none. */
  readonly validation: string
  readonly seed: number
}

/** Samples are numbered as the images were given; parts are in an order that depends on contents and seed alone. */
export interface Split {
  /** In the order of their code units. */
  readonly classes: readonly string[]
  /** Class of every image: [images]. */
  readonly labels: Int32Array
  /** Without validation. */
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  /** Groups of byte-equal images that lie in several classes: left out of every part. */
  readonly conflicts: readonly (readonly number[])[]
}

/** Byte-equal images of one class, which stay together. */
type Unit = readonly number[]

interface Parts {
  readonly train: readonly number[]
  readonly validation: readonly number[]
  readonly test: readonly number[]
}

/**
 * Splits inside each class: images are ranked by `rankHash`, the first ⌊split · n⌋ are for training, and of those the last
 * ⌊validation · train⌋, at least one, for choices. Every part gets at least one image. Byte-equal images count one each
 * and go where the first of them goes.
 *
 * @throws UserError for fewer than two classes, or a class that is too small, naming it.
 */
export function splitImages(images: readonly SplitImage[], options: SplitOptions): Split {
  const share = { train: parseFraction('--split', options.split), validation: parseFraction('--validation', options.validation) }
  if (share.train.numerator === 0) throw usageError('--split', 'above 0', options.split)
  const conflicts = labelConflicts(images)
  const left = new Set(conflicts.flat())
  const classes = [...new Set(images.map((image) => image.label))].sort()
  if (classes.length < 2)
    throw new UserError(
      `Expected at least two classes, found ${classes.length === 1 ? `only "${classes[0]}"` : 'none'}. Add a folder for each further class.`,
    )
  const numberOf = new Map(classes.map((label, number) => [label, number]))
  const labels = Int32Array.from(images, (image) => numberOf.get(image.label) ?? 0)
  const byClass: number[][] = classes.map(() => [])
  labels.forEach((label, index) => {
    if (!left.has(index)) byClass[label]?.push(index)
  })
  const divided = images.some((image) => image.part !== undefined)
  const parts = byClass.map((members, at) => {
    const units = rankedUnits(members, images, options.seed)
    return divided ? givenParts(classes[at] ?? '', units, images, share.validation) : splitUnits(classes[at] ?? '', units, share)
  })
  const collect = (part: keyof Parts) => Int32Array.from(parts.flatMap((of) => of[part]))
  const split = { classes, labels, conflicts }
  const all = { ...split, train: collect('train'), validation: collect('validation'), test: collect('test') }
  if (all.test.length === 0)
    throw new UserError('Expected images to test on, found no test folder beside train. Add one, or rename valid to test.')
  return all
}

/** The classes of some samples. */
export function labelsOf({ labels }: Split, samples: Int32Array): Int32Array {
  return samples.map((sample) => labels[sample] ?? 0)
}

function labelConflicts(images: readonly SplitImage[]): number[][] {
  const groups = new Map<string, number[]>()
  images.forEach(({ sha256 }, index) => {
    const group = groups.get(sha256)
    if (group) group.push(index)
    else groups.set(sha256, [index])
  })
  return [...groups.values()].filter((group) => new Set(group.map((index) => images[index]?.label)).size > 1)
}

/** The units of a class in the order of the seeded ranking. */
function rankedUnits(members: readonly number[], images: readonly SplitImage[], seed: number): Unit[] {
  const units = new Map<string, number[]>()
  for (const index of members) {
    const sha256 = images[index]?.sha256 ?? ''
    units.set(sha256, [...(units.get(sha256) ?? []), index])
  }
  const ranked = [...units].map(([sha256, unit]) => ({ rank: rankHash([seed], sha256), unit }))
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ unit }) => unit)
}

/** The first units that begin below a count of images, but at least `least` and at most `most` units; and the rest. */
function take(units: readonly Unit[], images: number, [least, most]: readonly [number, number]): [Unit[], Unit[]] {
  let taken = 0
  for (let seen = 0; taken < units.length && seen < images; taken++) seen += units[taken]?.length ?? 0
  const count = Math.max(least, Math.min(most, taken))
  return [units.slice(0, count), units.slice(count)]
}

const countOf = (units: readonly Unit[]) => units.reduce((sum, unit) => sum + unit.length, 0)

function splitUnits(label: string, units: readonly Unit[], share: { train: Fraction; validation: Fraction }): Parts {
  const validated = share.validation.numerator > 0 ? 1 : 0
  const needed = 2 + validated
  if (units.length < needed) {
    const found = units.length === 1 ? '1 image' : `${units.length} images`
    const purposes = validated ? 'to train, choose and test' : 'to train and test'
    throw new UserError(
      `Expected at least ${needed} different images in class "${label}" (${purposes}), found ${found}. Add images, or leave it out with --exclude-classes "${label}".`,
    )
  }
  const [train, test] = take(units, floorOf(share.train, countOf(units)), [1 + validated, units.length - 1])
  return { ...withValidation(train, share.validation), test: test.flat() }
}

/** Divides train units into those that train and, the last ones, those that choices are made on. */
function withValidation(units: readonly Unit[], validation: Fraction): Omit<Parts, 'test'> {
  if (validation.numerator === 0) return { train: units.flat(), validation: [] }
  const images = Math.max(1, floorOf(validation, countOf(units)))
  const [last, first] = take([...units].reverse(), images, [1, units.length - 1])
  return { train: first.reverse().flat(), validation: last.reverse().flat() }
}

/** The parts that the folders say; without a validation folder that part is taken from train. */
function givenParts(label: string, units: readonly Unit[], images: readonly SplitImage[], validation: Fraction): Parts {
  const of = (part: SplitImage['part']) =>
    units.map((unit) => unit.filter((index) => images[index]?.part === part)).filter((unit) => unit.length > 0)
  const [train, chosen, test] = [of('train'), of('validation'), of('test')]
  const takes = !images.some((image) => image.part === 'validation') && validation.numerator > 0
  const needed = takes ? 2 : 1
  if (train.length < needed) {
    throw new UserError(
      `Expected at least ${needed} different image${needed === 1 ? '' : 's'} of class "${label}" in the train folder, found ${train.length}. Add images, or leave it out with --exclude-classes "${label}".`,
    )
  }
  if (!takes) return { train: train.flat(), validation: chosen.flat(), test: test.flat() }
  return { ...withValidation(train, validation), test: test.flat() }
}
