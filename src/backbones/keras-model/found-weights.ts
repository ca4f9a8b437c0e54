import type { Layer } from '../../graph/builder-layer.js'
import type { WeightTensor } from '../../weights/weights.js'
import type { KerasModel } from './topology.js'

/** Finds a model's weights in its file. `weighted`: layers with weights by path. */
export interface WeightSearch {
  readonly model: KerasModel
  readonly weighted: ReadonlyMap<string, Layer>
}

/** What a file holds for a layer, in the order of its slots; undefined where it holds no such layer. */
export type FoundWeights = (path: string, layer: Layer) => readonly (WeightTensor | undefined)[] | undefined
