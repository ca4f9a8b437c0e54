import { describe, expect, it } from 'vitest'
import { parseAugment } from '../../../src/images/augment/parse-augment.js'
import { presets } from '../../../src/images/augment/presets.js'
import { expectUsageError } from '../../helpers/thrown.js'

const names = 'a list of flip, vflip, zoom, shift, rotate, crop, brightness, lighting, or keras or fastai'
const chance = '; @P behind it gives a probability above 0, at most 1'

describe('parseAugment refuses', () => {
  it.each([
    ['', names, 1, ''],
    ['flip,', names, 6, ''],
    ['flip, spin:9', names, 7, 'spin:9'],
    ['keras,flip', names, 1, 'keras'],
    ['toString', names, 1, 'toString'],
    ['flip:1', `flip${chance}`, 1, 'flip:1'],
    ['flip@0', `flip${chance}`, 1, 'flip@0'],
    ['vflip@1.5', `vflip${chance}`, 1, 'vflip@1.5'],
    ['flip,vflip,flip', 'flip once', 12, 'flip'],
    ['rotate', `rotate:DEGREES above 0 and at most 180${chance}`, 1, 'rotate'],
    ['flip,rotate:181', `rotate:DEGREES above 0 and at most 180${chance}`, 6, 'rotate:181'],
    ['rotate:-5', `rotate:DEGREES above 0 and at most 180${chance}`, 1, 'rotate:-5'],
    ['rotate:5-9', `rotate:DEGREES above 0 and at most 180${chance}`, 1, 'rotate:5-9'],
    ['shift:0', `shift:S with S above 0 and at most 1${chance}`, 1, 'shift:0'],
    ['zoom:1', `zoom:Z with Z above 0 and at most 0.9, or zoom:A-B with 0.1 ≤ A ≤ B ≤ 10${chance}`, 1, 'zoom:1'],
    ['zoom:2-1', `zoom:Z with Z above 0 and at most 0.9, or zoom:A-B with 0.1 ≤ A ≤ B ≤ 10${chance}`, 1, 'zoom:2-1'],
    ['crop:0.5', `crop:A-B with shares of the area, 0.01 ≤ A ≤ B ≤ 1${chance}`, 1, 'crop:0.5'],
    ['crop:0-1', `crop:A-B with shares of the area, 0.01 ≤ A ≤ B ≤ 1${chance}`, 1, 'crop:0-1'],
    [
      'brightness:1.2',
      `brightness:B with B above 0 and at most 1, or brightness:A-B with factors 0 ≤ A ≤ B ≤ 10${chance}`,
      1,
      'brightness:1.2',
    ],
    ['lighting:1', `lighting:L with L above 0 and at most 0.9${chance}`, 1, 'lighting:1'],
  ])('"%s"', async (text, rule, at, found) => {
    await expectUsageError(() => parseAugment(text), `Expected --augment to be ${rule}, at character ${at}, got "${found}".`)
  })
})

describe('parseAugment', () => {
  it('reads every step', () => {
    const { steps } = parseAugment('flip,vflip,rotate:90,shift:0.5,zoom:0.2,brightness:0.3,crop:0.08-1,lighting:0.2@0.75')
    expect(steps.map(({ name, range, probability }) => [name, range.low, range.high, probability])).toEqual([
      ['flip', 0, 0, 0.5],
      ['vflip', 0, 0, 0.5],
      ['zoom', 0.8, 1.2, 1],
      ['shift', -0.5, 0.5, 1],
      ['rotate', -90, 90, 1],
      ['crop', 0.08, 1, 1],
      ['brightness', 0.7, 1.3, 1],
      ['lighting', -0.2, 0.2, 0.75],
    ])
  })

  it.each([
    ['vflip, flip', 'flip,vflip'],
    ['rotate:90.0@1,flip@0.50', 'flip,rotate:90'],
    ['brightness:0.10-0.7,zoom:0.20', 'zoom:0.2,brightness:0.1-0.7'],
    ['zoom:1-1.1@0.75', 'zoom:1-1.1@0.75'],
    ['keras', presets.keras],
    ['fastai', presets.fastai],
  ])('tells %s in one way: %s', (text, one) => {
    expect(parseAugment(text).text).toBe(one)
    expect(parseAugment(one ?? '').text).toBe(one)
  })
})
