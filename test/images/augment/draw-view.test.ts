import { describe, expect, it } from 'vitest'
import { drawView, plainView, type ViewParameters } from '../../../src/images/augment/draw-view.js'
import { parseAugment } from '../../../src/images/augment/parse-augment.js'
import { hashOf } from '../../helpers/code-identity.js'

const draw = (text: string, { seed = 0, view = 1, image = hashOf('a'), aspect = 1 } = {}) =>
  drawView({ augmentation: parseAugment(text), seed, view }, image, aspect)

const many = (text: string, aspect = 1): ViewParameters[] =>
  Array.from({ length: 2000 }, (_, i) => draw(text, { view: 1 + (i % 8), image: hashOf(i), aspect }))

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('drawView', () => {
  it('gives the same parameters for the same seed, image and view, and others for others', () => {
    const text = 'rotate:90,shift:0.5'
    expect(draw(text)).toEqual(draw(text))
    const others = [draw(text), draw(text, { seed: 1 }), draw(text, { view: 2 }), draw(text, { image: hashOf('b') })]
    expect(new Set(others.map(({ rotate }) => rotate)).size).toBe(4)
  })

  it('draws each step from a stream of its own', () => {
    expect(draw('flip,zoom:0.2,rotate:90').rotate).toBe(draw('rotate:90').rotate)
  })

  it('stays what it is: other numbers would be other codes under an old fingerprint', () => {
    const { rotate, shift, zoom } = draw('rotate:90,shift:0.5,zoom:0.2')
    expect([rotate, ...shift, ...zoom].map((value) => value.toFixed(6))).toMatchInlineSnapshot(`
      [
        "-51.732538",
        "0.372579",
        "0.393709",
        "1.186143",
        "0.956305",
      ]
    `)
  })

  it.each<[string, (view: ViewParameters) => number, number, number, number]>([
    ['flip', ({ flip }) => Number(flip), 0, 1, 0.5],
    ['vflip@0.25', ({ vflip }) => Number(vflip), 0, 1, 0.25],
    ['rotate:40', ({ rotate }) => rotate, -40, 40, 0],
    ['shift:0.3', ({ shift }) => shift[0], -0.3, 0.3, 0],
    ['shift:0.3', ({ shift }) => shift[1], -0.3, 0.3, 0],
    ['zoom:0.2', ({ zoom }) => 1 / zoom[0], 0.8, 1.2, 1],
    ['zoom:1-1.1', ({ zoom }) => zoom[1], 1, 1.1, 1.05],
    ['brightness:0.1-0.7', ({ brightness }) => brightness, 0.1, 0.7, 0.4],
    ['lighting:0.2', ({ lighting }) => 1 / (1 + Math.exp(-lighting.shift)), 0.4, 0.6, 0.5],
    ['lighting:0.2', ({ lighting }) => Math.log(lighting.contrast), Math.log(0.8), -Math.log(0.8), 0],
    ['crop:0.3-0.7', ({ crop }) => crop.width * crop.height, 0.3, 0.7, 0.5],
  ])('%s keeps to its range and its middle', (text, of, low, high, middle) => {
    const values = many(text).map(of)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    const slack = (high - low) / 100
    expect([least >= low - 1e-9, least < low + slack, most <= high + 1e-9, most > high - slack]).toEqual(Array(4).fill(true))
    expect(Math.abs(mean(values) - middle)).toBeLessThan((high - low) / 20)
  })

  it('happens as often as its probability says', () => {
    const turned = many('rotate:10@0.75').filter(({ rotate }) => rotate !== 0).length
    expect(Math.abs(turned / 2000 - 0.75)).toBeLessThan(0.03)
  })

  it.each([1, 2, 0.5])('crops within the image with an aspect of 3/4 to 4/3 in its pixels, at %d', (aspect) => {
    for (const { crop } of many('crop:0.08-1', aspect)) {
      const { x, y, width, height } = crop
      expect([x >= 0, y >= 0, x + width <= 1 + 1e-9, y + height <= 1 + 1e-9]).toEqual([true, true, true, true])
      const shape = (width / height) * aspect
      if (crop !== plainView.crop) expect(shape >= 0.7499 && shape <= 1.3334).toBe(true)
    }
  })
})
