import { UserError } from '../../base/errors.js'
import type { DataSet } from '../data-set.js'
import { labelConflicts, oneLabels } from '../split.js'
import { foldsOf } from './folds.js'

/** A data set's labels, dealt out into folds. */
export interface DealtLabels {
  readonly classes: readonly string[]
  /** Class of each image, [n]. */
  readonly labels: Int32Array
  /** The same, −1 where the label is not judged: in conflicts and classes that are too small. */
  readonly judged: Int32Array
  /** Fold of each image, [n], −1 for those in conflicts. */
  readonly fold: Int32Array
  /** Groups of byte-equal images in different classes. */
  readonly conflicts: readonly (readonly number[])[]
  /** Classes with fewer different images than folds. */
  readonly small: ReadonlySet<number>
}

/** @throws UserError for several labels an image, images without one, or fewer than two classes that are large enough. */
export function dealtLabels(
  { images, root, labels: file }: DataSet,
  { folds, seed }: { readonly folds: number; readonly seed: number },
): DealtLabels {
  if (images.some(({ labels }) => labels !== undefined))
    throw new UserError(`Expected one label for each image, found several in ${file ?? root}. Doubt of several labels is not told yet.`)
  if (images.some(({ label }) => label === ''))
    throw new UserError(
      `Expected a folder per class in ${root}, found images in none. Give their labels with --labels FILE.csv, a line of path,label for each.`,
    )
  const { classes, labels } = oneLabels(images)
  const conflicts = labelConflicts(images)
  const without = new Set(conflicts.flat())
  const fold = foldsOf(images, labels, { folds, seed, without })
  const different = classes.map(() => new Set<string>())
  images.forEach(({ sha256 }, index) => {
    if (!without.has(index)) different[labels[index] ?? 0]?.add(sha256)
  })
  const small = new Set([...classes.keys()].filter((label) => (different[label]?.size ?? 0) < folds))
  if (classes.length - small.size < 2)
    throw new UserError(
      `Expected at least two classes of ${folds} different images or more, one for each fold, found ${classes.length - small.size}. Add images, or take fewer --folds.`,
    )
  const judged = labels.map((label, index) => (without.has(index) || small.has(label) ? -1 : label))
  return { classes, labels, judged, fold, conflicts, small }
}
