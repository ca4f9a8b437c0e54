import { UserError } from '../base/errors.js'
import { type Fraction, floorOf } from './fraction.js'
import { rankHash } from './rank-hash.js'
import type { SplitImage } from './split-image.js'

/** Byte-equal images of one stratum, which stay together. */
export type Unit = readonly number[]

export interface Parts {
  readonly train: readonly number[]
  readonly validation: readonly number[]
  readonly test: readonly number[]
}

/** What is divided: the images of a class, or of a multi-label set those that have one rarest label. */
export interface Stratum {
  readonly units: readonly Unit[]
  /** The class, for the error where there are too few images; undefined: then all of them are for training. */
  readonly label: string | undefined
}

/** The units of a stratum in the order of the seeded ranking. */
export function rankedUnits(members: readonly number[], images: readonly SplitImage[], seed: number): Unit[] {
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

/** Different images that a stratum needs to have some in every part. */
export const neededUnits = (validation: Fraction) => (validation.numerator > 0 ? 3 : 2)

/** The parts of a stratum by their shares. */
export function splitUnits({ label, units }: Stratum, share: { train: Fraction; validation: Fraction }): Parts {
  const needed = neededUnits(share.validation)
  const validated = needed - 2
  if (units.length < needed && label === undefined) return { train: units.flat(), validation: [], test: [] }
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
export function givenParts({ label, units }: Stratum, images: readonly SplitImage[], validation: Fraction): Parts {
  const of = (part: SplitImage['part']) =>
    units.map((unit) => unit.filter((index) => images[index]?.part === part)).filter((unit) => unit.length > 0)
  const [train, chosen, test] = [of('train'), of('validation'), of('test')]
  const takes = !images.some((image) => image.part === 'validation') && validation.numerator > 0
  const needed = takes ? 2 : 1
  const given = { train: train.flat(), validation: chosen.flat(), test: test.flat() }
  if (train.length < needed && label === undefined) return given
  if (train.length < needed) {
    throw new UserError(
      `Expected at least ${needed} different image${needed === 1 ? '' : 's'} of class "${label}" in the train folder, found ${train.length}. Add images, or leave it out with --exclude-classes "${label}".`,
    )
  }
  return takes ? { ...given, ...withValidation(train, validation) } : given
}
