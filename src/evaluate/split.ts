import { UserError, usageError } from '../base/errors.js'
import { parseFraction } from './fraction.js'
import { checkTargets, type LabelTable, multiLabels } from './multi-label.js'
import { quotedList } from './quoted-list.js'
import type { SplitImage } from './split-image.js'
import { givenParts, neededUnits, type Parts, rankedUnits, splitUnits } from './split-units.js'
import type { ViewTable } from './view-table.js'

export type { SplitImage }

export interface SplitOptions {
  /** Train part of each class, a decimal such as '0.7'. */
  readonly split: string
  /** Part of each class's train part that choices are made on, '0' for none. */
  readonly validation: string
  readonly seed: number
  /** Told of labels that are too rare for every part of a multi-label set. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** Samples are numbered as the images were given; parts are in an order that depends on contents and seed alone. */
export interface Split extends LabelTable {
  /** Without validation. */
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  /** Groups of byte-equal images whose labels differ: left out of every part. */
  readonly conflicts: readonly (readonly number[])[]
  /** Where images have further views: the parts name plain images, labels go on behind them view by view. */
  readonly views?: ViewTable | undefined
}

/**
 * Splits inside each class: images are ranked by `rankHash`, the first ⌊split · n⌋ are for training, and of those the last
 * ⌊validation · train⌋, at least one, for choices. Every part gets at least one image. Byte-equal images count one each
 * and go where the first of them goes; so do images of one cluster, in all classes.
 *
 * Of a multi-label set the images that share their rarest label are split so, and those with none; where they are too few for all
 * parts they are for training, which `onNote` is told.
 *
 * @throws UserError for fewer than two classes, or a class that is too small, naming it.
 */
export function splitImages(images: readonly SplitImage[], options: SplitOptions): Split {
  const share = { train: parseFraction('--split', options.split), validation: parseFraction('--validation', options.validation) }
  if (share.train.numerator === 0) throw usageError('--split', 'above 0', options.split)
  const conflicts = labelConflicts(images)
  const left = new Set(conflicts.flat())
  const several = images.some(({ labels }) => labels !== undefined)
  const table = several ? multiLabels(images) : oneLabels(images)
  const members: number[][] = Array.from({ length: table.classes.length + 1 }, () => [])
  table.labels.forEach((label, index) => {
    if (!left.has(index)) members[label]?.push(index)
  })
  const strata = (several ? members : members.slice(0, -1)).map((of) => rankedUnits(of, images, options.seed))
  const divided = images.some((image) => image.part !== undefined)
  if (divided && images.some(({ cluster }) => cluster !== undefined))
    throw usageError('--split-by-cluster', 'left out where train and test folders divide the images', true)
  const placed = new Map<string, keyof Parts>() // clusters of which a part is in a class before
  const parts = strata.map((units, at): Parts => {
    const stratum = { units, label: several ? undefined : (table.classes[at] ?? ''), placed }
    if (divided) return givenParts(stratum, images, share.validation)
    const made = splitUnits(stratum, share)
    for (const part of ['train', 'validation', 'test'] as const) {
      for (const index of made[part]) {
        const { cluster } = images[index] ?? {}
        if (cluster !== undefined) placed.set(cluster, part)
      }
    }
    return made
  })
  const collect = (part: keyof Parts) => Int32Array.from(parts.flatMap((of) => of[part]))
  const all = { ...table, conflicts, train: collect('train'), validation: collect('validation'), test: collect('test') }
  if (all.test.length === 0) throw noTest(divided)
  checkTargets(all)
  const small = strata.flatMap((units, at) => (units.length > 0 && units.length < neededUnits(share.validation) ? [at] : []))
  if (several && !divided && small.length > 0)
    options.onNote?.(
      `Too few images to split, all of them are to train: those whose rarest label is ${quotedList(small.map((at) => table.classes[at] ?? '(none)'))}.`,
    )
  return all
}

/** The labels of images of one class each. */
export function oneLabels(images: readonly SplitImage[]): LabelTable {
  const classes = [...new Set(images.map((image) => image.label))].sort()
  if (classes.length < 2)
    throw new UserError(
      `Expected at least two classes, found ${classes.length === 1 ? `only "${classes[0]}"` : 'none'}. Add images of another class.`,
    )
  const numberOf = new Map(classes.map((label, number) => [label, number]))
  return { classes, labels: Int32Array.from(images, (image) => numberOf.get(image.label) ?? 0), targets: undefined }
}

function noTest(divided: boolean): UserError {
  if (divided) return new UserError('Expected images to test on, found no test folder beside train. Add one, or rename valid to test.')
  return new UserError('Expected images to test on, found that every label is on too few images to split. Add images.')
}

/** The classes of some samples. */
export function labelsOf({ labels }: Split, samples: Int32Array): Int32Array {
  return samples.map((sample) => labels[sample] ?? 0)
}

/** The labels of some samples of a multi-label set: [samples, classes] of 0 and 1. */
export function targetsOf({ classes, targets }: Split, samples: Int32Array): Uint8Array {
  const rows = new Uint8Array(samples.length * classes.length)
  samples.forEach((sample, at) => {
    rows.set(targets?.subarray(sample * classes.length, (sample + 1) * classes.length) ?? [], at * classes.length)
  })
  return rows
}

/** Groups of byte-equal images whose labels differ. */
export function labelConflicts(images: readonly SplitImage[]): number[][] {
  const groups = new Map<string, number[]>()
  images.forEach(({ sha256 }, index) => {
    const group = groups.get(sha256)
    if (group) group.push(index)
    else groups.set(sha256, [index])
  })
  return [...groups.values()].filter((group) => new Set(group.map((index) => images[index]?.label)).size > 1)
}
