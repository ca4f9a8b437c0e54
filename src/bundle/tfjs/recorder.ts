import type { Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import type { GraphWriter } from './graph-writer.js'
import { recordArithmetic } from './record-arithmetic.js'
import { recordLayout } from './record-layout.js'
import { recordWindows } from './record-windows.js'
import { constant, typedArrays } from './recorded-constant.js'
import type { ConstantType } from './recorded-tensor.js'

/** TensorFlow.js as the engine uses it, but each call writes a node in place of computing: what the engine would run becomes a graph. */
export function recordingTensorflow(writer: GraphWriter): Tensorflow {
  return {
    version: {},
    getBackend: () => 'recorder',
    backend: () => undefined,
    ready: async () => {},
    memory: () => ({ numTensors: 0 }),
    tidy: (action) => action(),
    clone: (x) => x,
    tensor,
    ...recordArithmetic(writer),
    ...recordWindows(writer),
    ...recordLayout(writer),
  }
}

function tensor(values: ArrayLike<number>, shape: readonly number[], dtype: ConstantType): TfTensor {
  const data = values instanceof Float32Array && dtype === 'float32' ? values : typedArrays[dtype].from(values)
  return constant({ dtype, shape, data })
}
