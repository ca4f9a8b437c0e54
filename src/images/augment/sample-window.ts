import type { Floats } from '../../base/floats.js'
import type { ImageSize, RgbImage } from '../pixels.js'
import type { Affine } from './affine.js'

/** What of an image a view shows, and how. */
export interface Window {
  /** Where the view's points lie in the image; see `viewWindow`. */
  readonly window: Affine
  readonly size: ImageSize
  /** What lies outside the image: the pixel at its edge, or black. */
  readonly outside: 'nearest' | 'black'
  /** For red, green and blue the number that each level stands for. */
  readonly levels: readonly [Floats, Floats, Floats]
  /** Black, before any light: the three numbers of it. */
  readonly black: readonly [number, number, number]
}

/** Where a view's numbers go. */
export interface ViewPlace {
  readonly out: Float32Array
  /** The first number of red, of green and of blue. */
  readonly starts: readonly [number, number, number]
  /** From one pixel to the next. */
  readonly step: number
}

/** Reads an image at the points of a view, bilinearly between the four nearest pixels. */
export function sampleWindow(image: RgbImage, { window, size, outside, levels, black }: Window, { out, starts, step }: ViewPlace): void {
  const [a, b, c, d, e, f] = window
  const { pixels, width, height } = image
  for (let row = 0, at = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++, at += step) {
      // From the middle of a pixel of the view to the middles of the image's pixels.
      const left = a * (column + 0.5) + b * (row + 0.5) + c - 0.5
      const top = d * (column + 0.5) + e * (row + 0.5) + f - 0.5
      if (outside === 'black' && !isInside(image, left, top)) {
        for (let channel = 0; channel < 3; channel++) out[(starts[channel] as number) + at] = black[channel] as number
        continue
      }
      const x = Math.min(Math.max(left, 0), width - 1)
      const y = Math.min(Math.max(top, 0), height - 1)
      const x0 = x | 0
      const y0 = y | 0
      const right = x - x0
      const below = y - y0
      const both = right * below
      const corner = (y0 * width + x0) * 3
      const beside = corner + (x0 + 1 < width ? 3 : 0)
      const under = y0 + 1 < height ? width * 3 : 0
      for (let channel = 0; channel < 3; channel++) {
        const level = levels[channel] as Floats
        out[(starts[channel] as number) + at] =
          (1 - right - below + both) * (level[pixels[corner + channel] as number] as number) +
          (right - both) * (level[pixels[beside + channel] as number] as number) +
          (below - both) * (level[pixels[corner + under + channel] as number] as number) +
          both * (level[pixels[beside + under + channel] as number] as number)
      }
    }
  }
}

const isInside = ({ width, height }: ImageSize, x: number, y: number) => x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
