import { fitImage } from '../fit-image.js'
import { checkImage, checkOutput, type ImageSize, imageSize, type RgbImage } from '../pixels.js'
import type { InputRules, Resampler } from '../resampler.js'
import { type Affine, compose, scaled } from './affine.js'
import type { AugmentedView } from './augmentation.js'
import { drawView, type ViewParameters } from './draw-view.js'
import { lightTable } from './light-table.js'
import { sampleWindow, type ViewPlace, type Window } from './sample-window.js'
import { plainAspect, viewWindow } from './view-window.js'

/** Which view of which image is made, and how its numbers go to the network. */
export interface ViewRequest {
  readonly view: AugmentedView
  /** sha256 of the image's file, in hex. */
  readonly image: string
  /** Side of the network's input. */
  readonly size: number
  readonly rules: InputRules
}

/** Makes augmented views of decoded images. */
export class ViewMaker {
  readonly #resampler: Resampler

  constructor(resampler: Resampler) {
    this.#resampler = resampler
  }

  /** A view, normalised, as float32 into `out` from `offset` on (3 · size · size values). */
  viewInto(image: RgbImage, request: ViewRequest, out: Float32Array, offset: number): void {
    checkImage(image)
    const { view, image: hash, rules } = request
    const size = imageSize(request.size)
    checkOutput(out.length, offset, size)
    const { resize = 'squish' } = rules
    const fit = fitImage(image, size, resize === 'tf-bilinear' ? 'squish' : resize)
    const parameters = drawView(view, hash, plainAspect(size, fit))
    const window = viewWindow(parameters, size, fit)
    const smaller = this.#asSmallAsShown(image, window)
    const shown = compose(scaled(smaller.width / image.width, smaller.height / image.height), window)
    const outside = resize === 'pad' ? 'black' : 'nearest'
    sampleWindow(smaller, { window: shown, size, outside, ...numbersOf(parameters, rules) }, placeOf(rules, size, out, offset))
  }

  /** The image with about as many pixels as the view shows of it, so that a point of the view stands for all that it covers. */
  #asSmallAsShown(image: RgbImage, [a, b, , d, e]: Affine): RgbImage {
    const width = Math.max(1, Math.min(image.width, Math.round(image.width / Math.hypot(a, b))))
    const height = Math.max(1, Math.min(image.height, Math.round(image.height / Math.hypot(d, e))))
    if (width === image.width && height === image.height) return image
    return { pixels: this.#resampler.resize(image, { width, height }), width, height }
  }
}

/** The network's number for each level of the three colours in a view's light, and for black: (v − mean) / scale. */
function numbersOf(parameters: ViewParameters, { mean, scale }: InputRules): Pick<Window, 'levels' | 'black'> {
  const light = lightTable(parameters)
  const black = (channel: 0 | 1 | 2) => -mean[channel] / scale[channel]
  const levels = (channel: 0 | 1 | 2) => light.map((value) => (value - mean[channel]) / scale[channel])
  return { levels: [levels(0), levels(1), levels(2)], black: [black(0), black(1), black(2)] }
}

/** Where the network has red, green and blue. */
function placeOf({ order, layout }: InputRules, { width, height }: ImageSize, out: Float32Array, offset: number): ViewPlace {
  const [step, apart] = layout === 'nchw' ? [1, width * height] : [3, 1]
  const [first, last] = [offset, offset + 2 * apart]
  return { out, step, starts: order === 'rgb' ? [first, offset + apart, last] : [last, offset + apart, first] }
}
