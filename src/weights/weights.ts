/** One weight as a file names it; half and double precision are converted when read. */
export interface WeightTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Row-major, as many values as the shape's product. */
  readonly data: Float32Array
}

/** A layer's weights in the file's order. */
export interface LayerWeights {
  readonly layer: string
  readonly weights: readonly WeightTensor[]
}

/** The layers of a Keras file in the file's order; those without weights are left out. */
export type KerasWeights = readonly LayerWeights[]

/** PyTorch's weights by their name in the state dict, in the file's order. */
export type StateDict = ReadonlyMap<string, WeightTensor>
