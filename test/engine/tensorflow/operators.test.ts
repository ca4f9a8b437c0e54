import { describe, expect, it } from 'vitest'
import { parityOf } from '../../../src/engine/parity.js'
import { onBothEngines, tf } from '../../helpers/engines.js'
import { dimsOf, graphOfCase, operatorCases } from '../../helpers/operator-cases.js'
import { noiseFloats } from '../../helpers/tiny-graph.js'

describe('an operator on TensorFlow.js gives what onnxruntime gives', () => {
  it.each(Object.entries(operatorCases))('%s', async (_, given) => {
    const dims = dimsOf(given)
    const input = noiseFloats(
      dims.reduce((all, side) => all * side, 1),
      3,
    )
    const before = tf.memory().numTensors
    const { onnx, tensorflow } = await onBothEngines(graphOfCase(given), input, dims)
    expect(tensorflow.dims).toEqual(onnx.dims)
    expect(parityOf(tensorflow, onnx).worst).toBeLessThan(1e-5)
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
  })
})
