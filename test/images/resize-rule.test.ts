import { describe, expect, it } from 'vitest'
import { checkResizeRule, toResizeRule } from '../../src/images/resize-rule.js'
import { userErrorOf } from '../helpers/thrown.js'

describe('toResizeRule', () => {
  it.each([
    'stretch',
    '',
    'Squish',
    'crop',
    'crop:',
    'crop:0',
    'crop:0256',
    'crop:25.5',
    'crop:-1',
    'crop:100000',
    'crop:1e3',
    ' pad',
    'bicubic',
  ])('refuses "%s"', async (text) => {
    const error = await userErrorOf(() => toResizeRule(text))
    expect([error.message, error.exitCode]).toEqual([
      `Expected --resize to be one of squish, keras-nearest, tf-bilinear, pad or crop:N, such as crop:256, got "${text}".`,
      2,
    ])
  })

  it.each(['squish', 'keras-nearest', 'tf-bilinear', 'pad', 'crop:1', 'crop:256', 'crop:99999'])('takes %s', (text) => {
    expect(toResizeRule(text)).toBe(text)
  })
})

describe('checkResizeRule', () => {
  it('refuses a crop that the image does not fill', async () => {
    const error = await userErrorOf(() => checkResizeRule('crop:100', 224))
    expect([error.message, error.exitCode]).toEqual([
      'Expected --resize to be crop:N with N of at least 224, the side of the network\'s input, got "crop:100".',
      2,
    ])
  })

  it.each(['crop:224', 'crop:256', 'squish', 'pad'] as const)('takes %s at 224', (rule) => {
    expect(checkResizeRule(rule, 224)).toBe(rule)
  })
})
