import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { parityOf } from '../../../src/engine/parity.js'
import { inputImage } from '../../helpers/backbone-reference.js'
import { onBothEngines } from '../../helpers/engines.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { fileOf, fixtureBytes, kerasFixture } from './keras-fixture.js'

/** Every layer whose output the fixture has must give it. */
describe.each(
  ['layers', 'transfer', 'sequential', 'caffe'].flatMap((name) => [`${name}-keras3`, `${name}-keras2`]),
)('a Keras model, %s', (name) => {
  const fixture = kerasFixture(name)
  const size = name.startsWith('sequential') ? 20 : undefined
  describe.each(Object.keys(fixture.files))('saved as %s', (ending) => {
    const path = fileOf(fixtureBytes(fixture, ending), `model${ending}`)
    it.each(Object.entries(fixture.outputs))('gives what Keras gives: %s', async (layer, expected) => {
      const backbone = await resolveBackbone(path, { layer, size })
      expect(backbone.layer).toBe(layer)
      const { data, dims } = await runBackbone(backbone)
      expect(dims).toEqual([1, ...expected.shape])
      const found = expected.values.map((_, at) => data[at * expected.step] ?? Number.NaN)
      expectClose(found, expected.values, { absolute: 1e-4 * expected.std, relative: 1e-5 })
    })
  })
})

it('a Keras model of every layer gives by TensorFlow.js what it gives by onnxruntime', async () => {
  const path = fileOf(fixtureBytes(kerasFixture('layers-keras3'), '.keras'), 'model.keras')
  for (const layer of ['concatenate', 'predictions']) {
    const { graph, size, input } = await resolveBackbone(path, { layer })
    const { onnx, tensorflow } = await onBothEngines(graph, inputImage(size, input), [1, 3, size, size])
    expect(tensorflow.dims).toEqual(onnx.dims)
    expect(parityOf(tensorflow, onnx).worst).toBeLessThan(1e-3)
  }
})
