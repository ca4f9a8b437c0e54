import { shape, type TfGraph, typeName } from './graph-writer.js'
import { inputName, outputName } from './record-graph.js'
import type { StoredWeights } from './stored-weights.js'

export interface ModelFacts {
  /** Of the image: side, side, 3. */
  readonly dims: readonly number[]
  readonly batch: number | undefined
  readonly classes: number
  /** The program that wrote it, and its version. */
  readonly producer: string
  /** What users of the model should know of it. */
  readonly metadata: unknown
}

/** The name of a shard, as TensorFlow.js' own converter names them. */
export const shardName = (at: number, of: number) => `group1-shard${at + 1}of${of}.bin`

/**
 * The model.json of a graph model.
 *
 * Source: @tensorflow/tfjs-core 4.22, src/io/types.ts, ModelJSON; tensorflowjs 4.22, tf_saved_model_conversion_v2.py.
 */
export function modelJson(graph: TfGraph, { entries, shards }: StoredWeights, facts: ModelFacts): string {
  const { dims, batch, classes, producer, metadata } = facts
  const tensor = (name: string, sides: readonly number[]) => ({
    [name]: { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shape([batch ?? -1, ...sides]).shape },
  })
  return JSON.stringify({
    format: 'graph-model',
    generatedBy: producer,
    convertedBy: producer,
    signature: { inputs: tensor(inputName, dims), outputs: tensor(outputName, [classes]) },
    userDefinedMetadata: metadata,
    modelTopology: { node: [...constantNodes(graph), ...graph.nodes], library: {}, versions: { producer: 1087 } },
    weightsManifest: [{ paths: shards.map((_, at) => shardName(at, shards.length)), weights: entries }],
  })
}

/** Their numbers stand in the weights, under the same names. */
function constantNodes({ constants }: TfGraph) {
  return [...constants].map(([name, { dtype, shape: dims }]) => ({
    name,
    op: 'Const',
    attr: { dtype: { type: typeName(dtype) }, value: { tensor: { dtype: typeName(dtype), tensorShape: shape(dims).shape } } },
  }))
}
