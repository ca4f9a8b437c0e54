import { expect, test } from 'vitest'
import { targetText } from '../../src/report/target-text.js'
import { learningCurve, targetSize } from './learning-curves.js'

test.each([
  [{ perClass: 9, accuracy: 0.9, low: 8, high: 10, reach: 'measured' }, '90 % needs about 9 images per class (95 % interval 8 – 10).'],
  [{}, '95 % needs about 36 images per class (95 % interval 31 – 44): extrapolated, the largest size measured is 30.'],
  [{ low: null, high: null }, '95 % needs about 36 images per class: extrapolated, the largest size measured is 30.'],
  [
    { perClass: 1670, accuracy: 0.9625, high: null, reach: 'far' },
    '96.25 % needs about 1,670 images per class (95 % interval from 31, open above): a guess, more than 5 times the largest size measured, 30.',
  ],
  [
    { perClass: 4, accuracy: 0.8, low: 3, high: 5, reach: 'below' },
    '80 % is reached below the smallest size measured, 5: needs about 4 images per class (95 % interval 3 – 5), extrapolated.',
  ],
  [{ perClass: null, accuracy: 0.99, low: null, high: null, reach: 'never' }, '99 % is above what the fitted curve ever reaches, 97 %.'],
  [
    { perClass: null, accuracy: 0.99, low: 200, high: null, reach: 'never' },
    '99 % is above what the fitted curve ever reaches, 97 %. The 95 % interval begins at 200.',
  ],
  [{ perClass: null, total: 360, reach: 'measured' }, '95 % needs about 360 images (95 % interval 31 – 44).'],
] as const)('targetText %j', (change, text) => {
  expect(targetText([learningCurve({ target: targetSize(change) })])).toEqual([text])
})

test('targetText names several series, and says nothing without a target', () => {
  const curves = ['a', 'b'].map((model) => learningCurve({ model, target: targetSize({ reach: 'measured' }) }))
  expect(targetText(curves).map((line) => line.slice(0, 8))).toEqual(['a: 95 % ', 'b: 95 % '])
  expect(targetText([learningCurve()])).toEqual([])
})
