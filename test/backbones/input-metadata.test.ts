import { describe, expect, it } from 'vitest'
import { keptInput, withInput } from '../../src/backbones/input-metadata.js'
import { inputRules } from '../../src/backbones/input-rules.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const note = (text: string) => ({ ...convolution(), metadata: new Map([['cnn-codes.input', text]]) })

describe('the note of how pixels are prepared', () => {
  it.each([
    '',
    'x',
    '{}',
    '{"order":"gbr","mean":[0,0,0],"scale":[1,1,1]}',
    '{"order":"rgb","mean":[0],"scale":[1,1,1]}',
    '{"order":"rgb","mean":[0,0,0],"scale":[1,0,1]}',
  ])('is none where it says %j', (text) => {
    expect(keptInput(note(text))).toBe(undefined)
  })

  it.each(Object.entries(inputRules))('%s comes back from the file, unless options say otherwise', async (_, rule) => {
    const path = modelFile(withInput(convolution(), rule))
    expect((await resolveBackbone(path)).input).toEqual(rule)
    expect((await resolveBackbone(path, { scale: [2] })).input).toEqual({ order: 'rgb', mean: [0, 0, 0], scale: [2, 2, 2] })
  })
})
