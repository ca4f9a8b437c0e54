import { usageError } from '../base/errors.js'
import { fingerprintOf } from '../cache/fingerprint.js'
import type { AugmentedView } from '../images/augment/augmentation.js'
import { parseAugment } from '../images/augment/parse-augment.js'
import type { ExtractOptions } from './options.js'
import type { Target } from './target.js'

export type ViewOptions = Pick<ExtractOptions, 'views' | 'augment' | 'augmentSeed'>

/** Each view is a kind of codes of its own; so many of them are a mistake. */
const mostViews = 1000

/** Refuses views that nothing makes, and what makes none. */
export function checkViews({ views = 1, augment, augmentSeed = 0 }: ViewOptions): void {
  if (!Number.isSafeInteger(views) || views < 1 || views > mostViews)
    throw usageError('--views', `a whole number from 1 to ${mostViews}`, views)
  if (!Number.isSafeInteger(augmentSeed) || augmentSeed < 0) throw usageError('--augment-seed', 'a whole number, 0 or more', augmentSeed)
  if (augment !== undefined) parseAugment(augment)
  if (views > 1 && augment === undefined)
    throw usageError('--views', '1 without --augment, which makes the others', views, 'Give --augment keras, fastai or a list of steps.')
  if (views === 1 && augment !== undefined)
    throw usageError('--augment', 'given with --views of at least 2, the plain image included', augment)
}

/** Each target for the plain images, and behind it once for each further view of them. */
export function inViews(targets: readonly Target[], { views = 1, augment, augmentSeed: seed = 0 }: ViewOptions): Target[] {
  if (augment === undefined) return [...targets]
  const augmentation = parseAugment(augment)
  return targets.flatMap((target) =>
    Array.from({ length: views }, (_, view) => (view === 0 ? target : asView(target, { augmentation, seed, view }))),
  )
}

/** The codes of an augmented view of each image. */
export function asView(target: Target, augmented: AugmentedView): Target {
  const { augmentation, seed, view } = augmented
  const identity = { ...target.identity, augment: { spec: augmentation.text, seed, view, version: 1 as const } }
  return { ...target, identity, fingerprint: fingerprintOf(identity), augmented }
}
