import { expect, test } from 'vitest'
import { planTune } from '../../src/recipes/plan-tune.js'
import type { RecipeTail } from '../../src/recipes/published/recipe.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { branched, threeConvolutions } from '../helpers/tunable.js'

const options = { solver: 'adam', lr: 0.1, tailLr: 0.1, epochs: 2 } as const
const how = { size: undefined, resize: undefined, weights: undefined, deviations: [], why: undefined, steps: [] }

function plan(tail: RecipeTail, model: string, insteadOf?: string) {
  const step = { kind: 'fine-tune', title: 'more', published: undefined, tail, options } as const
  return planTune(step, { ...how, model, insteadOf }, tempFolder())
}

test("a recipe's own network is cut as it says, without its weights", async () => {
  expect(await plan({ last: 2 }, 'vgg16')).toEqual({ tail: { last: 2 }, deviations: [] })
  expect(await plan({ from: 'second' }, modelFile(threeConvolutions()))).toEqual({ tail: { from: 'second' }, deviations: [] })
})

test.each<[string, RecipeTail, string]>([
  ['as many layers', { last: 3 }, 'the last 4 layers, from b on.'],
  ['the same share from a layer on', { from: 'conv2d_40' }, 'the last 4 layers, from b on.'], // 178 of 310; of 5 that is 3, in a branch
])('of another network: %s, at least', async (_, tail, text) => {
  expect(await plan(tail, modelFile(branched()), 'inceptionv3')).toEqual({
    tail: { last: 4 },
    deviations: [`"more": of net.onnx these are ${text}`],
  })
})

test('what cannot be trained is said', async () => {
  expect(await plan({ from: 'c' }, modelFile(branched()))).toEqual({
    why: 'Expected --from c to begin where the network comes together, found layer "c" inside a branch. Try --from b (--last 4) or --from d (--last 1)',
  })
})
