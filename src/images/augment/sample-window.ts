import type { Floats } from '../../base/floats.js'
import type { ImageSize, RgbImage } from '../pixels.js'
import type { Affine } from './affine.js'

/** What lies outside the image: the pixel at its edge, or black. */
export type Outside = 'nearest' | 'black'

/**
 * Reads an image at the points of a view, bilinearly; colours stay numbers from 0 to 255, not rounded.
 *
 * @param window where the view's points lie in the image; see `viewWindow`.
 * @returns float32 [size.height, size.width, 3]
 */
export function sampleWindow(image: RgbImage, size: ImageSize, { window, outside }: { window: Affine; outside: Outside }): Floats {
  const [a, b, c, d, e, f] = window
  const out = new Float32Array(size.width * size.height * 3)
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += 3) {
      // From the middle of a pixel of the view to the middles of the image's pixels.
      const left = a * (x + 0.5) + b * (y + 0.5) + c - 0.5
      const top = d * (x + 0.5) + e * (y + 0.5) + f - 0.5
      if (outside === 'black' && !isInside(image, left, top)) continue
      readPoint(image, { x: left, y: top }, out, at)
    }
  }
  return out
}

const isInside = ({ width, height }: ImageSize, x: number, y: number) => x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5

function readPoint({ pixels, width, height }: RgbImage, point: { readonly x: number; readonly y: number }, out: Floats, at: number): void {
  const x = Math.min(Math.max(point.x, 0), width - 1)
  const y = Math.min(Math.max(point.y, 0), height - 1)
  const [x0, y0] = [Math.trunc(x), Math.trunc(y)]
  const [right, below] = [x - x0, y - y0]
  const upper = (y0 * width + x0) * 3
  const [across, down] = [x0 + 1 < width ? 3 : 0, y0 + 1 < height ? width * 3 : 0]
  for (let channel = 0; channel < 3; channel++) {
    const here = upper + channel
    const lower = here + down
    const above = (pixels[here] as number) * (1 - right) + (pixels[here + across] as number) * right
    const under = (pixels[lower] as number) * (1 - right) + (pixels[lower + across] as number) * right
    out[at + channel] = above * (1 - below) + under * below
  }
}
