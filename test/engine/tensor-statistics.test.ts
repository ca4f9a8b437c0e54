import { expect, it } from 'vitest'
import { TensorStatistics } from '../../src/engine/tensor-statistics.js'
import { expectClose } from '../helpers/expect-close.js'

it.each([
  [[7]],
  [[1, 5, 5]],
  [[320, 7, 7]],
  [[1280, 7, 7]],
  [[96, 56, 56]],
  [[3, 150, 150]],
  [[49, 3, 13]],
])("a channel's mean is of its own values, and of all images: %j", (dims) => {
  const [channels = 1, ...sides] = dims
  const area = sides.reduce((all, side) => all * side, 1)
  const indices = Array.from({ length: channels }, (_, c) => c)
  const data = Float32Array.from([0, 1].flatMap((image) => indices.flatMap((c) => Array<number>(area).fill(c + image))))
  const statistics = new TensorStatistics()
  expect(statistics.add({ data, dims: [2, ...dims] })).toBe(true)
  const { means } = statistics.range(1)
  expectClose(
    means,
    indices.map((c) => c + 0.5),
    { relative: 1e-6 },
  )
})
