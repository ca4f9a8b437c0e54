import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TrainingCheckpoint } from '../../src/evaluate/training-checkpoint.js'
import { tempFolder } from '../helpers/temp-folder.js'

const state = async () => ({
  history: [{ epoch: 1, loss: 1, accuracy: 0.5, valLoss: null, valAccuracy: null, rate: 0.1 }],
  steps: 3,
  network: new Map([['stem.0.kernel', new Float32Array(2 ** 18).fill(0.5)]]),
  best: undefined,
})

describe('TrainingCheckpoint', () => {
  it('gives back what it keeps', async () => {
    const options = { cache: tempFolder(), key: 'a training', every: 0 }
    await new TrainingCheckpoint(options).keep(state)
    expect(new TrainingCheckpoint(options).read()).toEqual(await state())
    expect(new TrainingCheckpoint({ ...options, key: 'another' }).read()).toBeUndefined()
  })

  it('says once that a state is too large to be read again, and keeps none', async () => {
    const notes: string[] = []
    const checkpoint = new TrainingCheckpoint({
      cache: tempFolder(),
      key: 'a',
      every: 0,
      most: 2 ** 21 - 1,
      onNote: (note) => notes.push(note),
    })
    await checkpoint.keep(state)
    await checkpoint.keep(state)
    expect(notes).toEqual([
      'The training cannot be kept while it runs: its 2 MB are more than could be read again in one piece. It goes on, but would begin anew after an interruption.',
    ])
    expect(existsSync(checkpoint.path)).toBe(false)
  })
})
