import { describe, expect, it } from 'vitest'
import { toPrediction } from '../../src/bundle/prediction.js'

const labels = ['ant', 'bee', 'cow']
const said = Float32Array.of(0.25, 0.5, 0.25)
const [ant, bee, cow] = [
  { label: 'ant', probability: 0.25 },
  { label: 'bee', probability: 0.5 },
  { label: 'cow', probability: 0.25 },
]

describe('toPrediction', () => {
  it.each([
    [{ top: 1 }, { ...bee, top: [bee] }],
    [{ top: 5 }, { ...bee, top: [bee, ant, cow] }],
    [
      { top: 2, abstain: 0.5 },
      { ...bee, top: [bee, ant] },
    ],
    [
      { top: 2, abstain: 0.51 },
      { label: null, probability: 0.5, top: [bee, ant] },
    ],
  ])('with %j gives %j', (options, prediction) => expect(toPrediction(labels, said, options)).toEqual(prediction))
})
