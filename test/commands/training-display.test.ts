import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { epochLine, trainingDisplay } from '../../src/commands/training-display.js'

const history = [1, 2, 3].map((epoch) => ({
  epoch,
  loss: 2 / epoch,
  accuracy: 0.5 + epoch / 10,
  valLoss: 2.5 / epoch,
  valAccuracy: 0.4 + epoch / 10,
  rate: 0.1,
}))

describe('epochLine', () => {
  it('says the figures of both parts, or of the one there is', () => {
    const [first] = history
    if (!first) throw new Error('Expected an epoch')
    expect(epochLine(first, 20)).toBe('epoch 1/20: loss 2.00, accuracy 60.0 %; validation loss 2.50, accuracy 50.0 %')
    expect(epochLine({ ...first, valLoss: null, valAccuracy: null }, 20)).toBe('epoch 1/20: loss 2.00, accuracy 60.0 %')
  })
})

describe('trainingDisplay', () => {
  it.each([true, false])('draws loss and accuracy from the second epoch on, colours: %s', (colour) => {
    const shown: { line: string; picture: string }[] = []
    const display = trainingDisplay({ width: 60, rows: 40, colour, show: (what) => shown.push(what) }, 3)
    for (const epochs of [1, 2, 3]) display.update(history.slice(0, epochs))
    const [first, , third] = shown
    expect(first?.picture).toBe(first?.line)
    expect(third?.picture).toMatch(/loss[\s\S]*accuracy[\s\S]*epoch 3\/3: loss 0\.667/)
    expect(third?.picture.split('\n').length).toBeGreaterThan(14)
    expect(third?.picture.includes('\x1b[')).toBe(colour)
    expect(third?.line).not.toContain('\x1b[')
    const widths = stripVTControlCharacters(third?.picture ?? '')
      .split('\n')
      .map(({ length }) => length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(80)
  })

  it.each([
    [24, true],
    [18, false],
  ])('fits a terminal of %i rows, with charts: %s', (rows, charts) => {
    const shown: { picture: string }[] = []
    trainingDisplay({ width: 60, rows, colour: true, show: (what) => shown.push(what) }, 3).update(history)
    const lines = shown[0]?.picture.split('\n').length ?? 0
    expect(lines).toBeLessThan(rows)
    expect(lines > 1).toBe(charts)
  })

  it('draws one part alone where there are no colours to tell two apart', () => {
    const shown: { picture: string }[] = []
    trainingDisplay({ width: 60, rows: 40, colour: false, show: (what) => shown.push(what) }, 3).update(history)
    expect(shown[0]?.picture).toMatch(/loss \(validation\)[\s\S]*accuracy \(validation\)/)
  })

  it('shows nothing of nothing', () => {
    const shown: object[] = []
    trainingDisplay({ width: 60, rows: 40, colour: false, show: (what) => shown.push(what) }, 3).update([])
    expect(shown).toEqual([])
  })
})
