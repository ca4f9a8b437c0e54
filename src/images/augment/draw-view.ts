import { randomAt, streamKey } from '../../base/counter-random.js'
import { type AugmentedView, type AugmentStep, type Range, type StepName, stepNames } from './augmentation.js'

/** What happens to one view of one image. */
export interface ViewParameters {
  readonly flip: boolean
  readonly vflip: boolean
  /** How many times larger the image is shown, across and down. */
  readonly zoom: readonly [number, number]
  /** How far the window moves over the image, in sides of the window: right and down. */
  readonly shift: readonly [number, number]
  /** Degrees, by which the window turns over the image; clockwise. */
  readonly rotate: number
  /** The part of the image that is shown, in sides of the image. */
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** Factor of the light. */
  readonly brightness: number
  /** Added to the logit of the light, and what the sum's contrast is multiplied by. */
  readonly lighting: { readonly shift: number; readonly contrast: number }
}

/** A view that is the plain image. */
export const plainView: ViewParameters = {
  ...{ flip: false, vflip: false, zoom: [1, 1], shift: [0, 0], rotate: 0 },
  ...{ crop: { x: 0, y: 0, width: 1, height: 1 }, brightness: 1, lighting: { shift: 0, contrast: 1 } },
}

/** Number i of a step's own stream, in [0, 1). */
type Draw = (i: number) => number

/**
 * The parameters of a view: drawn by (seed, image, view) and nothing else, each step from a stream of its own, so that they are the same
 * whatever else is asked for.
 *
 * @param image sha256 of the file, in hex.
 * @param aspect width / height of what the plain view shows, in the image's own pixels.
 */
export function drawView({ augmentation, seed, view }: AugmentedView, image: string, aspect: number): ViewParameters {
  const words = Array.from({ length: image.length / 8 }, (_, i) => Number.parseInt(image.slice(8 * i, 8 * i + 8), 16))
  const key = (step: StepName) => streamKey(seed, view, ...words, stepNames.indexOf(step))
  let parameters = plainView
  for (const step of augmentation.steps) {
    const own = key(step.name)
    const draw: Draw = (i) => randomAt(own, i)
    if (draw(0) < step.probability) parameters = { ...parameters, ...drawn(step, (i) => draw(i + 1), aspect) }
  }
  return parameters
}

function drawn({ name, range, alike }: AugmentStep, draw: Draw, aspect: number): Partial<ViewParameters> {
  const value = (i: number) => between(range, draw(i))
  switch (name) {
    case 'flip':
      return { flip: true }
    case 'vflip':
      return { vflip: true }
    case 'zoom': // Keras draws how much more is shown, each axis for itself; fastai how much larger, both alike
      return { zoom: alike ? [value(0), value(0)] : [1 / value(0), 1 / value(1)] }
    case 'shift':
      return { shift: [value(0), value(1)] }
    case 'rotate':
      return { rotate: value(0) }
    case 'crop':
      return { crop: drawCrop(range, draw, aspect) }
    case 'brightness':
      return { brightness: value(0) }
    case 'lighting':
      return { lighting: drawLighting(range.high, draw) }
  }
}

const between = ({ low, high }: Range, share: number) => low + (high - low) * share

/** Least and most width / height of a crop. */
const cropAspects = { low: Math.log(3 / 4), high: Math.log(4 / 3) }
const cropTries = 10

/**
 * A part of the image with a share of its area in `range` and an aspect of 3/4 to 4/3, anywhere; after ten that do not fit the whole.
 *
 * Source: torchvision, transforms/transforms.py, RandomResizedCrop.get_params, whose last resort is the middle.
 */
function drawCrop(range: Range, draw: Draw, aspect: number): ViewParameters['crop'] {
  for (let i = 0; i < cropTries; i++) {
    const [share, shape] = [between(range, draw(4 * i)), Math.exp(between(cropAspects, draw(4 * i + 1)))]
    // In sides of the image: width · height = share, width · aspect / height = shape.
    const [width, height] = [Math.sqrt((share * shape) / aspect), Math.sqrt((share * aspect) / shape)]
    if (width <= 1 && height <= 1) {
      return { x: (1 - width) * draw(4 * i + 2), y: (1 - height) * draw(4 * i + 3), width, height }
    }
  }
  return plainView.crop
}

/** Source: fastai 2, vision/augment.py, Brightness and Contrast: both act on the logit of the light. */
function drawLighting(most: number, draw: Draw): ViewParameters['lighting'] {
  const change = between({ low: 0.5 * (1 - most), high: 0.5 * (1 + most) }, draw(0))
  const contrast = Math.exp(between({ low: Math.log(1 - most), high: -Math.log(1 - most) }, draw(1)))
  return { shift: Math.log(change / (1 - change)), contrast }
}
