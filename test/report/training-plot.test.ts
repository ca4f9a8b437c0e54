import { describe, expect, it } from 'vitest'
import { renderPlot } from '../../src/report/render-plot.js'
import { trainingPlot } from '../../src/report/training-plot.js'

const epochs = [1, 2].map((epoch) => ({ epoch, loss: 1 / epoch, accuracy: 0.5, valLoss: 2 / epoch, valAccuracy: null }))
const path = [1, 0.1].map((l2) => ({ epoch: 3, l2, loss: l2, accuracy: 0.5, valLoss: l2, valAccuracy: 0.5 }))

describe('trainingPlot', () => {
  it('refuses an empty history', () => {
    expect(() => trainingPlot({ history: [], kept: null, title: '' })).toThrow('Expected a history of at least one epoch, got none.')
  })

  it('draws both parts against the epochs, and marks the one that was kept', () => {
    const spec = trainingPlot({ history: epochs, kept: 2, title: 'head <1>' })
    expect(spec).toMatchObject({
      title: { text: 'head <1>', subtitle: ['Dashed: epoch 2, whose weights were kept'] },
      hconcat: [
        {
          data: {
            values: [
              { x: 1, part: 'train', value: 1 },
              { x: 1, part: 'validation', value: 2 },
              { x: 2, part: 'train', value: 0.5 },
              { x: 2, part: 'validation', value: 1 },
            ],
          },
          encoding: { x: { title: 'Epoch' } },
          layer: [{}, { data: { values: [{ x: 2 }] } }],
        },
        { data: { values: [{ part: 'train' }, { part: 'train' }] } },
      ],
    })
  })

  it('draws a search for λ against it', () => {
    const spec = trainingPlot({ history: path, kept: null, title: '' })
    expect(spec).toMatchObject({ hconcat: [{ encoding: { x: { title: 'L2 (λ)', scale: { type: 'log' } } } }, {}] })
  })

  it.each([
    ['epochs', epochs, 2],
    ['λ', path, null],
  ])('can be drawn: %s', async (_, history, kept) => {
    const { svg } = await renderPlot(trainingPlot({ history, kept, title: 'head <1>' }))
    expect(svg).toContain('head &lt;1&gt;')
  })
})
