import { expect, it } from 'vitest'
import { engineInfo } from '../../src/engine/engine-info.js'

it('engineInfo tells what results depend on', () => {
  expect(engineInfo()).toEqual({
    engine: 'onnx',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    provider: 'cpu',
    cpu: expect.stringMatching(/./),
  })
})
