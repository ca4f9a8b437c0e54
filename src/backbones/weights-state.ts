import { peekWeights } from '../weights/find-weights.js'
import { weightSources } from '../weights/sources.js'
import type { WeightPlaces } from '../weights/weight-folders.js'
import type { WeightSource } from '../weights/weight-source.js'
import { architectures } from './architectures.js'

/** Whether a network's weights are at hand. */
export type WeightsState =
  | { readonly state: 'embedded' }
  /** Official ones on this machine, checksum compared. */
  | { readonly state: 'found'; readonly path: string; readonly source: WeightSource }
  /** Official ones that the first use downloads. */
  | { readonly state: 'missing'; readonly source: WeightSource }
  /** Nobody has trained it: they are random, and what it is for is training. */
  | { readonly state: 'random' }
  /** There is no official address: only `--weights FILE` brings them. */
  | { readonly state: 'own' }

/** The state of the weights of a network that goes by name. Nothing is downloaded or changed. */
export async function weightsState(name: string, places: WeightPlaces): Promise<WeightsState> {
  const architecture = architectures.get(name)
  if (!architecture) return { state: 'embedded' }
  if (architecture.untrained) return { state: 'random' }
  const source = weightSources[name]
  if (!source) return { state: 'own' }
  const path = await peekWeights(source, places)
  return path === undefined ? { state: 'missing', source } : { state: 'found', path, source }
}
