import { describe, it } from 'vitest'
import { filledKeras, kerasReference } from '../helpers/backbone-reference.js'
import { checkBackbone } from '../helpers/check-backbone.js'

describe.each(Object.entries(kerasReference.outputs))('%s', (key, expected) => {
  const [name = '', size = ''] = key.split('@')

  it('gives what Keras gives', async () => {
    await checkBackbone(name, Number(size), filledKeras(name), expected)
  })
})
