import type { Floats } from '../../base/floats.js'
import { fitImage } from '../fit-image.js'
import { checkImage, checkOutput, imageSize, type RgbImage } from '../pixels.js'
import type { InputRules, Resampler } from '../resampler.js'
import { type Affine, compose, scaled } from './affine.js'
import type { AugmentedView } from './augmentation.js'
import { drawView } from './draw-view.js'
import { relight } from './relight.js'
import { sampleWindow } from './sample-window.js'
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
    const colours = sampleWindow(smaller, size, { window: shown, outside: resize === 'pad' ? 'black' : 'nearest' })
    relight(colours, parameters)
    normaliseColours(colours, rules, out, offset)
  }

  /** The image with about as many pixels as the view shows of it, so that a point of the view stands for all that it covers. */
  #asSmallAsShown(image: RgbImage, [a, b, , d, e]: Affine): RgbImage {
    const width = Math.max(1, Math.min(image.width, Math.round(image.width / Math.hypot(a, b))))
    const height = Math.max(1, Math.min(image.height, Math.round(image.height / Math.hypot(d, e))))
    if (width === image.width && height === image.height) return image
    return { pixels: this.#resampler.resize(image, { width, height }), width, height }
  }
}

/** (v − mean) / scale in the network's order and layout; `colours` is float32 [side, side, 3]. */
function normaliseColours(colours: Floats, { mean, scale, order, layout }: InputRules, out: Float32Array, offset: number): void {
  const area = colours.length / 3
  for (let channel = 0; channel < 3; channel++) {
    const place = order === 'rgb' ? channel : 2 - channel
    const [step, from] = layout === 'nchw' ? [1, offset + place * area] : [3, offset + place]
    const [middle, spread] = [mean[channel] as number, scale[channel] as number]
    for (let i = 0; i < area; i++) out[from + i * step] = ((colours[3 * i + channel] as number) - middle) / spread
  }
}
