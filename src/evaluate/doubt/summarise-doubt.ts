import type { Matrix } from '../../engine/gemm.js'
import { argmaxRows } from '../../heads/argmax.js'
import type { DataSet } from '../data-set.js'
import type { ConfidentLearning } from './confident-learning.js'
import type { DealtLabels } from './dealt-labels.js'
import type { ClassDoubt, DoubtedImage, LabelDoubt, OddImage } from './label-doubt.js'
import type { Place } from './places.js'

interface Found {
  /** Out of fold, [n, C]. */
  readonly probabilities: Matrix
  readonly learning: ConfidentLearning
  readonly places: readonly Place[]
}

/** What was found, by the images' paths and the classes' names. */
export function summariseDoubt({ images }: DataSet, dealt: DealtLabels, { probabilities, learning, places }: Found) {
  const doubts = doubtsOf(images, dealt, { probabilities, learning })
  const odd = places.map((place, index) => ({ place, index }))
  const toOdd = ({ place, index }: (typeof odd)[number], similarity: number): OddImage => ({
    path: images[index]?.path ?? '',
    label: images[index]?.label ?? '',
    similarity,
    nearest: dealt.classes[place.nearest] ?? '',
    nearestSimilarity: place.other,
  })
  const outliers = odd.toSorted((a, b) => a.place.neighbours - b.place.neighbours).map((one) => toOdd(one, one.place.neighbours))
  const astray = odd.flatMap(({ place, index }) => (place.own === undefined ? [] : [{ place, index, lead: place.own - place.other }]))
  return {
    images: images.length,
    judged: doubts.length,
    accuracy: doubts.filter(({ label, suggested }) => label === suggested).length / Math.max(1, doubts.length),
    estimatedErrors: learning.estimatedErrors,
    conflicts: dealt.conflicts.map((group) => group.map((index) => images[index]?.path ?? '')),
    doubts,
    outliers,
    farFromClass: astray
      .filter(({ lead }) => lead < 0)
      .sort((a, b) => a.lead - b.lead)
      .map((one) => toOdd(one, one.place.own ?? 0)),
    classes: classesOf(dealt, doubts, learning),
  } satisfies Partial<LabelDoubt>
}

function doubtsOf(
  images: DataSet['images'],
  { classes, judged }: DealtLabels,
  { probabilities, learning }: Pick<Found, 'probabilities' | 'learning'>,
): DoubtedImage[] {
  const best = argmaxRows(probabilities)
  const probability = (row: number, label: number) => probabilities.data[row * probabilities.columns + label] ?? 0
  const found = images.flatMap(({ path, sha256, label }, row): DoubtedImage[] => {
    const [own = -1, counted = -1, suggested = 0] = [judged[row], learning.confident[row], best[row]]
    if (own < 0) return []
    const isError = counted >= 0 && counted !== own
    const as = isError ? counted : suggested
    return [
      {
        path,
        sha256,
        label,
        selfConfidence: probability(row, own),
        suggested: classes[as] ?? '',
        confidence: probability(row, as),
        isError,
      },
    ]
  })
  return found.sort((a, b) => a.selfConfidence - b.selfConfidence || b.confidence - a.confidence || (a.path < b.path ? -1 : 1))
}

function classesOf({ classes, labels, small }: DealtLabels, doubts: readonly DoubtedImage[], { joint }: ConfidentLearning): ClassDoubt[] {
  const confidences = new Map(classes.map((label) => [label, { sum: 0, count: 0 }]))
  for (const { label, selfConfidence } of doubts) {
    const of = confidences.get(label)
    if (of) Object.assign(of, { sum: of.sum + selfConfidence, count: of.count + 1 })
  }
  return classes.map((label, at) => {
    const { sum, count } = confidences.get(label) ?? { sum: 0, count: 0 }
    const estimated = (joint[at] ?? new Float64Array()).reduce((all, images, as) => (as === at ? all : all + images), 0)
    return {
      label,
      images: labels.filter((of) => of === at).length,
      estimatedErrors: estimated,
      selfConfidence: count === 0 ? null : sum / count,
      isTooSmall: small.has(at),
    }
  })
}
