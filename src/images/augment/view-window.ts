import type { ImageFit } from '../fit-image.js'
import type { ImageSize } from '../pixels.js'
import { type Affine, compose, moved, scaled, turned } from './affine.js'
import type { ViewParameters } from './draw-view.js'

/**
 * Where a view's points lie in the image, both in pixels, of which the first one reaches from 0 to 1.
 *
 * Seen from the view: mirrored, zoomed, shifted and turned as Keras' ImageDataGenerator does, about the middle of the target; then
 * the part that is cropped; then the place of the plain view, `fit`, in the image.
 */
export function viewWindow({ flip, vflip, zoom, shift, rotate, crop }: ViewParameters, target: ImageSize, fit: ImageFit): Affine {
  const { width, height } = target
  const inTheMiddle = compose(
    turned(rotate),
    moved(shift[0] * width, shift[1] * height),
    scaled(1 / zoom[0], 1 / zoom[1]),
    scaled(flip ? -1 : 1, vflip ? -1 : 1),
  )
  return compose(
    plainWindow(fit),
    moved(crop.x * width, crop.y * height),
    scaled(crop.width, crop.height),
    moved(width / 2, height / 2),
    inTheMiddle,
    moved(-width / 2, -height / 2),
  )
}

/** Where the plain view's points lie in the image. */
function plainWindow({ across, down }: ImageFit): Affine {
  return compose(scaled(across.input / across.scaled, down.input / down.scaled), moved(across.from - across.at, down.from - down.at))
}

/** Width / height of what the plain view shows, in the image's own pixels. */
export function plainAspect(target: ImageSize, { across, down }: ImageFit): number {
  return (target.width * across.input * down.scaled) / (across.scaled * target.height * down.input)
}
