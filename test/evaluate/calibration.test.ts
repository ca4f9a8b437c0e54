import { expect, it } from 'vitest'
import { calibration } from '../../src/evaluate/calibration.js'

const decisions = (confidence: number, right: number, wrong: number) =>
  [...Array(right + wrong).keys()].map((at) => ({ confidence, isRight: at < right }))

it('is the mean gap between confidence and accuracy, weighted by the images of each bin', () => {
  const { error, bins } = calibration([...decisions(0.95, 8, 2), ...decisions(0.97, 10, 0), ...decisions(0.5, 3, 2)])
  expect(bins.map(({ count }) => count)).toEqual([5, 20])
  expect(bins[1]?.confidence).toBeCloseTo(0.96, 12)
  expect(bins[1]?.accuracy).toBeCloseTo(0.9, 12)
  expect(error).toBeCloseTo((5 / 25) * 0.1 + (20 / 25) * 0.06, 12)
})

it('is 0 where every bin keeps its promise, and of nothing', () => {
  expect(calibration(decisions(0.75, 3, 1)).error).toBeCloseTo(0, 12)
  expect(calibration([])).toEqual({ error: 0, bins: [] })
})

it('bins are closed above, and take 0 and 1', () => {
  const { bins } = calibration([0, 1 / 15, 1 / 15 + 1e-9, 1].map((confidence) => ({ confidence, isRight: true })))
  expect(bins.map(({ count }) => count)).toEqual([2, 1, 1])
})
