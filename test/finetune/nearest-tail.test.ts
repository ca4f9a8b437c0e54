import { expect, test } from 'vitest'
import { nearestTail } from '../../src/finetune/nearest-tail.js'
import { userErrorOf } from '../helpers/thrown.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { branched, threeConvolutions } from '../helpers/tunable.js'

test.each([
  ['layers without weights are not enough', threeConvolutions(), 1, 2],
  ['as many as asked', threeConvolutions(), 4, 4],
  ['a branch is trained whole', branched(), 2, 4],
  ['all layers', branched(), 5, 5],
])('nearestTail: %s', async (_, graph, least, last) => {
  expect(await nearestTail(modelFile(graph), {}, least)).toEqual({ last })
})

test('nearestTail says where no place is left', async () => {
  const model = modelFile(branched())
  expect((await userErrorOf(() => nearestTail(model, {}, 6))).message).toBe(
    `Expected ${model} to come together before its last 6 of 5 layers, found no such place.`,
  )
})
