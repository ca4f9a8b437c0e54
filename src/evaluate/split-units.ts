import { UserError } from '../base/errors.js'
import { type Fraction, floorOf } from './fraction.js'
import { rankHash } from './rank-hash.js'
import type { SplitImage } from './split-image.js'

/** Images of one stratum that stay together: byte-equal ones, or those of a cluster. */
export interface Unit {
  /** The cluster's name, else the sha256. */
  readonly key: string
  readonly members: readonly number[]
}

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
  /** Where units must go, by their keys: others of their cluster are there. Default: none. */
  readonly placed?: ReadonlyMap<string, keyof Parts> | undefined
}

/** The units of a stratum in the order of the seeded ranking. */
export function rankedUnits(members: readonly number[], images: readonly SplitImage[], seed: number): Unit[] {
  const units = new Map<string, number[]>()
  for (const index of members) {
    const { sha256 = '', cluster: key = sha256 } = images[index] ?? {}
    units.set(key, [...(units.get(key) ?? []), index])
  }
  const ranked = [...units].map(([key, members]) => ({ rank: rankHash([seed], key), unit: { key, members } }))
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ unit }) => unit)
}

/** The first units that begin below a count of images, but at least `least` and at most `most` units; and the rest. */
function take(units: readonly Unit[], images: number, [least, most]: readonly [number, number]): [Unit[], Unit[]] {
  let taken = 0
  for (let seen = 0; taken < units.length && seen < images; taken++) seen += units[taken]?.members.length ?? 0
  const count = Math.max(least, Math.min(most, taken))
  return [units.slice(0, count), units.slice(count)]
}

const countOf = (units: readonly Unit[]) => units.reduce((sum, { members }) => sum + members.length, 0)
const membersOf = (units: readonly Unit[]) => units.flatMap(({ members }) => members)
/** Units that a part still needs. */
const wanted = (units: readonly Unit[]) => (units.length === 0 ? 1 : 0)

/** Different images that a stratum needs to have some in every part. */
export const neededUnits = (validation: Fraction) => (validation.numerator > 0 ? 3 : 2)

/** The parts of a stratum by their shares. */
export function splitUnits({ label, units, placed }: Stratum, share: { train: Fraction; validation: Fraction }): Parts {
  const needed = neededUnits(share.validation)
  if (units.length < needed && label === undefined) return { train: membersOf(units), validation: [], test: [] }
  if (units.length < needed) throw tooFew(label, needed, units.length)
  const at = (part: keyof Parts) => units.filter(({ key }) => placed?.get(key) === part)
  const [train, validation, test] = [at('train'), at('validation'), at('test')]
  const free = units.filter(({ key }) => !placed?.has(key))
  const [least, most] = [wanted(train) + (needed - 2) * wanted(validation), free.length - wanted(test)]
  if (least > most) throw keptTogether(label)
  const images = floorOf(share.train, countOf(units)) - countOf([...train, ...validation])
  const [first, last] = take(free, images, [least, most])
  return { ...withValidation(first, share.validation, { train, validation }), test: membersOf([...test, ...last]) }
}

function tooFew(label: string | undefined, needed: number, count: number): UserError {
  const found = count === 1 ? '1 image' : `${count} images`
  const purposes = needed === 3 ? 'to train, choose and test' : 'to train and test'
  return new UserError(
    `Expected at least ${needed} different images in class "${label}" (${purposes}), found ${found}. Add images, or leave it out with --exclude-classes "${label}".`,
  )
}

function keptTogether(label: string | undefined): UserError {
  const where = label === undefined ? 'that have one rarest label' : `of class "${label}"`
  return new UserError(
    `Expected images ${where} for every part, found that --split-by-cluster keeps too many of them together with images of other classes. Leave that option out, or leave duplicates out with --exclude FILE (duplicates --apply FILE makes it).`,
  )
}

/** Divides train units into those that train and, the last ones, those that choices are made on; beside units that are there already. */
function withValidation(
  units: readonly Unit[],
  share: Fraction,
  { train, validation }: { readonly train: readonly Unit[]; readonly validation: readonly Unit[] },
): Omit<Parts, 'test'> {
  if (share.numerator === 0) return { train: membersOf([...train, ...units]), validation: [] }
  const images = Math.max(1, floorOf(share, countOf([...train, ...validation, ...units]))) - countOf(validation)
  const [last, first] = take([...units].reverse(), images, [wanted(validation), units.length - wanted(train)])
  return { train: membersOf([...train, ...first.reverse()]), validation: membersOf([...validation, ...last.reverse()]) }
}

/** The parts that the folders say; without a validation folder that part is taken from train. */
export function givenParts({ label, units }: Stratum, images: readonly SplitImage[], validation: Fraction): Parts {
  const of = (part: SplitImage['part']) =>
    units
      .map(({ key, members }) => ({ key, members: members.filter((index) => images[index]?.part === part) }))
      .filter(({ members }) => members.length > 0)
  const [train, chosen, test] = [of('train'), of('validation'), of('test')]
  const takes = !images.some((image) => image.part === 'validation') && validation.numerator > 0
  const needed = takes ? 2 : 1
  const given = { train: membersOf(train), validation: membersOf(chosen), test: membersOf(test) }
  if (train.length < needed && label === undefined) return given
  if (train.length < needed) {
    throw new UserError(
      `Expected at least ${needed} different image${needed === 1 ? '' : 's'} of class "${label}" in the train folder, found ${train.length}. Add images, or leave it out with --exclude-classes "${label}".`,
    )
  }
  return takes ? { ...given, ...withValidation(train, validation, { train: [], validation: [] }) } : given
}
