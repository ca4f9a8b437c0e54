import { expect, test } from 'vitest'
import { sweepTable } from '../../src/report/sweep-table.js'
import { singlePoint, sweepPoint } from './sweep-points.js'

test('sweepTable of one series', () => {
  const points = [sweepPoint({ low: 0.8503, high: 0.9497 }), sweepPoint({ perClass: 150, mean: 0.9999, low: 0.98, high: 1.02 })]
  expect(sweepTable(points).split('\n')).toEqual([
    'per class  images  repeats  accuracy %  95 % interval',
    '─────────  ──────  ───────  ──────────  ─────────────',
    '        5      50        3        90.0    85.0 – 95.0',
    '      150   1,500        3       100.0   98.0 – 100.0',
  ])
})

test('sweepTable of two series names them; one repeat has no interval', () => {
  expect(sweepTable([singlePoint({ model: 'a' }), singlePoint({ model: 'b' })]).split('\n')).toEqual([
    'series  per class  images  repeats  accuracy %  95 % interval',
    '──────  ─────────  ──────  ───────  ──────────  ─────────────',
    'a               5      50        1        90.0           none',
    'b               5      50        1        90.0           none',
  ])
})

test('sweepTable of totals has no column for images per class', () => {
  expect(sweepTable([sweepPoint({ total: 1200, trainImages: 1200 })]).split('\n')).toEqual([
    'images  repeats  accuracy %  95 % interval',
    '──────  ───────  ──────────  ─────────────',
    ' 1,200        3        90.0    85.0 – 95.0',
  ])
})

test('sweepTable marks the sizes that some classes do not have, once for all series', () => {
  const sizes = [{ perClass: 5 }, { perClass: 30, shortClasses: 1, trainImages: 299 }, { perClass: 40, shortClasses: 3, trainImages: 370 }]
  const points = ['a', 'b'].flatMap((model) => sizes.map((size) => sweepPoint({ model, ...size })))
  const lines = sweepTable(points).split('\n')
  expect(lines.slice(2, 5)).toEqual([
    'a              5       50        3        90.0    85.0 – 95.0',
    'a             30*     299        3        90.0    85.0 – 95.0',
    'a             40*     370        3        90.0    85.0 – 95.0',
  ])
  expect(lines.at(-1)).toBe(
    '* Some classes have fewer training images than asked for and give all they have: 1 class at 30, 3 classes at 40.',
  )
})
