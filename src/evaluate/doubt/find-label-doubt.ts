import { usageError } from '../../base/errors.js'
import type { Pool } from '../../cache/pool-codes.js'
import { codesHere } from '../codes-here.js'
import { type DataSetOptions, openDataSet } from '../data-set.js'
import { type FeatureOptions, openFeatures } from '../features.js'
import { confidentLearning } from './confident-learning.js'
import { dealtLabels } from './dealt-labels.js'
import type { LabelDoubt } from './label-doubt.js'
import { outOfFold } from './out-of-fold.js'
import { placesOf } from './places.js'
import { summariseDoubt } from './summarise-doubt.js'

export interface LabelDoubtOptions extends DataSetOptions, Omit<FeatureOptions, 'pool' | 'onProgress'> {
  /** View of the codes. Default none: flat. */
  readonly pool?: Pool | undefined
  /** Parts that the images are divided into, each judged by a head that was trained on the others. Default 5. */
  readonly folds?: number | undefined
  /** λ in units of the codes' mean squared norm. Default: chosen by accuracy on the first fold. */
  readonly l2?: number | undefined
  /** Nearest images that count for outliers. Default 10. */
  readonly neighbours?: number | undefined
  readonly seed?: number | undefined
  readonly onProgress?: ((stage: string, share: number) => void) | undefined
}

/**
 * Labels that are likely to be wrong, by confident learning on probabilities of heads that have not seen the image; images unlike all
 * others, images unlike their class, and classes that are too small.
 *
 * All images take part, whatever part of a split they are in: the purpose is to clean the data, not to measure a head.
 *
 * @throws UserError where codes are missing, for sets of several labels an image, or where fewer than two classes are large enough.
 */
export async function findLabelDoubt(options: LabelDoubtOptions = {}): Promise<LabelDoubt> {
  const started = performance.now()
  const { folds = 5, neighbours = 10, pool = 'none', seed = 0, l2, onProgress } = options
  if (!Number.isSafeInteger(folds) || folds < 2) throw usageError('--folds', 'a whole number above 1', folds)
  const data = await codesHere(openDataSet(options), options)
  try {
    const dealt = dealtLabels(data, { folds, seed })
    const features = await openFeatures(data, { ...options, pool, onProgress: (share) => onProgress?.('Gram matrix', share) })
    const task = { labels: dealt.labels, fold: dealt.fold, classes: dealt.classes.length, folds, neighbours, l2 }
    const found = await outOfFold(features, { ...task, onFold: (done) => onProgress?.('folds', done / folds) })
    const places = await placesOf(features, task)
    const learning = confidentLearning(found.probabilities, dealt.judged)
    const told = {
      data: data.root,
      model: data.model,
      pool,
      folds,
      seed,
      l2: found.l2,
      ...summariseDoubt(data, dealt, { ...found, learning, places }),
    }
    return { ...told, seconds: (performance.now() - started) / 1000 }
  } finally {
    data.catalog.close()
  }
}
