import { describe, expect, it } from 'vitest'
import { plainView, type ViewParameters } from '../../../src/images/augment/draw-view.js'
import { sampleWindow, type Window } from '../../../src/images/augment/sample-window.js'
import { plainAspect, viewWindow } from '../../../src/images/augment/view-window.js'
import { fitImage } from '../../../src/images/fit-image.js'
import type { RgbImage } from '../../../src/images/pixels.js'
import { expectClose } from '../../helpers/expect-close.js'

/** An image of grey rows. */
function grey(...rows: readonly (readonly number[])[]): RgbImage {
  const pixels = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]))
  return { pixels, width: rows[0]?.length ?? 0, height: rows.length }
}

/** The rows of a view of the same size. */
function shown(image: RgbImage, parameters: Partial<ViewParameters>, outside: Window['outside'] = 'nearest'): number[][] {
  const window = viewWindow({ ...plainView, ...parameters }, image, fitImage(image, image, 'squish'))
  const colours = new Float32Array(3 * image.width * image.height)
  const levels = Float32Array.from({ length: 256 }, (_, level) => level)
  const as = { window, size: image, outside, levels: [levels, levels, levels], black: [0, 0, 0] } as const
  sampleWindow(image, as, { out: colours, starts: [0, 1, 2], step: 3 })
  expect(colours.filter((_, at) => at % 3 > 0)).toEqual(colours.filter((_, at) => at % 3 < 2)) // grey stays grey
  return Array.from({ length: image.height }, (_, y) =>
    Array.from({ length: image.width }, (_, x) => colours[3 * (y * image.width + x)] ?? 0),
  )
}

const image = grey([1, 2, 3], [4, 5, 6], [7, 8, 9])
const third = 1 / 3

describe('viewWindow', () => {
  it.each<[string, Partial<ViewParameters>, readonly number[]]>([
    ['nothing', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['flip', { flip: true }, [3, 2, 1, 6, 5, 4, 9, 8, 7]],
    ['vflip', { vflip: true }, [7, 8, 9, 4, 5, 6, 1, 2, 3]],
    // The window turns clockwise, so the image turns the other way.
    ['a quarter turn', { rotate: 90 }, [3, 6, 9, 2, 5, 8, 1, 4, 7]],
    ['a quarter turn back', { rotate: -90 }, [7, 4, 1, 8, 5, 2, 9, 6, 3]],
    ['half a turn', { rotate: 180 }, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['a shift to the right', { shift: [third, 0] }, [2, 3, 3, 5, 6, 6, 8, 9, 9]],
    ['a shift up by two', { shift: [0, -2 * third] }, [1, 2, 3, 1, 2, 3, 1, 2, 3]],
    ['a shift by half a pixel', { shift: [third / 2, 0] }, [1.5, 2.5, 3, 4.5, 5.5, 6, 7.5, 8.5, 9]],
    ['three times as large', { zoom: [3, 3] }, [11 / 3, 4, 13 / 3, 14 / 3, 5, 16 / 3, 17 / 3, 6, 19 / 3]],
    ['three times as wide', { zoom: [3, 1] }, [5 / 3, 2, 7 / 3, 14 / 3, 5, 16 / 3, 23 / 3, 8, 25 / 3]],
    ['the upper left pixel', { crop: { x: 0, y: 0, width: third, height: third } }, [1, 1, 4 / 3, 1, 1, 4 / 3, 2, 2, 7 / 3]],
    // Mirrored, the shift goes on to the right of the image.
    ['flip and shift', { flip: true, shift: [third, 0] }, [3, 3, 2, 6, 6, 5, 9, 9, 8]],
    // The shift is along the sides of the turned window.
    ['a quarter turn and a shift', { rotate: 90, shift: [third, 0] }, [6, 9, 9, 5, 8, 8, 4, 7, 7]],
  ])('%s', (_name, parameters, rows) => {
    expectClose(shown(image, parameters).flat(), rows, { absolute: 5e-6 })
  })

  it('is black outside where it is asked to', () => {
    expect(shown(image, { shift: [third, 0] }, 'black')).toEqual([
      [2, 3, 0],
      [5, 6, 0],
      [8, 9, 0],
    ])
  })

  it.each([
    ['squish', [40 / 8, 0, 0, 0, 20 / 8, 0], 2],
    ['crop:10', [20 / 10, 0, 2 * 6, 0, 20 / 10, 2 * 1], 1],
    ['pad', [40 / 8, 0, 0, 0, 20 / 4, -2 * 5], 1],
  ] as const)('begins from the plain view under %s', (rule, window, aspect) => {
    const [from, to] = [
      { width: 40, height: 20 },
      { width: 8, height: 8 },
    ]
    const fit = fitImage(from, to, rule)
    expect(viewWindow(plainView, to, fit)).toEqual(window)
    expect(plainAspect(to, fit)).toBe(aspect)
  })
})
