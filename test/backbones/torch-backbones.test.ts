import { describe, expect, it } from 'vitest'
import { architectures } from '../../src/backbones/architectures.js'
import { filledTorch, torchReference } from '../helpers/backbone-reference.js'
import { checkBackbone } from '../helpers/check-backbone.js'

describe.each(Object.entries(torchReference.outputs))('%s', (key, expected) => {
  const [name = '', size = ''] = key.split('@')

  it('gives what torchvision gives', async () => {
    expect(architectures.has(name)).toBe(true)
    await checkBackbone(name, Number(size), filledTorch(name), expected)
  })
})
