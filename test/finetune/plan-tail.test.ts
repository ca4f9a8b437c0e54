import { describe, expect, it } from 'vitest'
import { planTail } from '../../src/finetune/plan-tail.js'
import { userErrorOf } from '../helpers/thrown.js'

describe('planTail', () => {
  it('refuses to train nothing', async () => {
    expect((await userErrorOf(() => planTail('cnn7', { size: 32, layer: 'input', from: 'input' }))).message).toBe(
      'Expected layers with weights behind the cut, found none. Give a larger --last, or an earlier --from.',
    )
    expect((await userErrorOf(() => planTail('cnn7', { size: 32, last: 12 }))).message).toBe(
      'Expected --last to be a whole number from 1 to 11, the layers of the model, got 12.',
    )
  })

  it('counts the last 2 layers of VGG16 as Keras does', async () => {
    const { cut, parameters } = await planTail('vgg16', { weights: 'random', size: 32, last: 2 })
    expect(cut).toEqual({ tensor: 'block5_conv2', layer: 'block5_conv2', layers: ['block5_conv3', 'block5_pool'] })
    expect(parameters).toBe(2_359_808)
  })

  it.each([
    ['cnn7', { size: 32, from: 'input' }, 582_176],
    ['cnn7', { size: 32, last: 11 }, 582_176],
    ['cnn7', { size: 32, from: 'block4_conv1' }, 295_168],
    ['resnet18', { size: 64, weights: 'random', from: 'input' }, 11_176_512], // torch's parameters: no moving statistics
  ])('plans %s with %j: %i parameters', async (model, options, parameters) => {
    expect((await planTail(model, options)).parameters).toBe(parameters)
  })
})
