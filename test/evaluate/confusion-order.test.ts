import { expect, it } from 'vitest'
import { confusionOrder } from '../../src/evaluate/confusion-order.js'

it('puts classes that are taken for each other side by side', () => {
  const counts = [
    [8, 0, 0, 2, 0],
    [0, 10, 0, 0, 0],
    [0, 0, 6, 0, 4],
    [1, 0, 0, 9, 0],
    [0, 0, 0, 1, 9],
  ]
  // 2–4 (0.4), 0–3 (0.3), 3–4 (0.1): 0 3 4 2, and 1, which nobody confuses.
  expect(confusionOrder([counts])).toEqual([0, 3, 4, 2, 1])
})

it('goes by shares, adds matrices up, and leaves what is told apart in its order', () => {
  const few = [
    [1, 0, 1],
    [0, 5, 0],
    [0, 0, 5],
  ]
  const many = [
    [90, 10, 0],
    [0, 90, 0],
    [0, 0, 90],
  ]
  expect(confusionOrder([few])).toEqual([0, 2, 1])
  expect(confusionOrder([few, many])).toEqual([1, 0, 2])
  expect(
    confusionOrder([
      [
        [3, 0],
        [0, 3],
      ],
    ]),
  ).toEqual([0, 1])
  expect(confusionOrder([])).toEqual([])
})

it('a share of a small class counts for more than images of a large one', () => {
  const counts = [
    [1, 1, 0, 0],
    [0, 81, 10, 9],
    [0, 0, 100, 0],
    [0, 0, 0, 100],
  ]
  // 0–1 (0.5) and 1–2 (0.1); 1 has no end left for 3.
  expect(confusionOrder([counts])).toEqual([0, 1, 2, 3])
})
