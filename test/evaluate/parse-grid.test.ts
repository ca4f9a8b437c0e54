import { describe, expect, it } from 'vitest'
import { parseGrid } from '../../src/evaluate/parse-grid.js'
import { userErrorOf } from '../helpers/thrown.js'

describe('parseGrid', () => {
  it.each([
    ['lr=0.1', { lr: [0.1] }],
    [' lr = 1e-3, 0.01 ; l2=0,1e-4', { lr: [0.001, 0.01], l2: [0, 1e-4] }],
  ])('reads "%s"', (text, values) => expect(parseGrid(text)).toEqual(values))

  it.each([
    '',
    'lr',
    'lr=',
    'lr=0',
    'lr=-1',
    'l2=-1',
    'lr=x',
    'lr=1,,2',
    'lr=1;lr=2',
    'wd=1',
    'lr=Infinity',
  ])('refuses "%s"', async (text) => {
    const error = await userErrorOf(() => parseGrid(text))
    expect(error).toMatchObject({
      exitCode: 2,
      message: `Expected --grid to be values to try such as "lr=0.001,0.01;l2=0,1e-4", of lr, l2 or both, got "${text}".`,
    })
  })
})
