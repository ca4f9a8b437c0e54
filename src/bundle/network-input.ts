import type { Backbone } from '../backbones/backbone.js'
import type { Floats } from '../base/floats.js'

/** Images as a network takes them. */
export interface NetworkImages {
  /** [images, …dims] */
  readonly data: Floats
  /** The shape of one image. */
  readonly dims: readonly number[]
  /** Images in a run of the network. */
  readonly batch: number
}

/**
 * The input of a network from RGB pixels of 8 bits, [n, side, side, 3]: x = (v − mean) / scale, in the network's order of channels and axes.
 */
export function networkInput(
  pixels: Uint8Array,
  { size, layout, batch, input: { order, mean, scale } }: Pick<Backbone, 'size' | 'layout' | 'batch' | 'input'>,
): NetworkImages {
  const area = size * size
  const images = pixels.length / (area * 3)
  const data = new Float32Array(pixels.length)
  for (let c = 0; c < 3; c++) {
    const from = order === 'rgb' ? c : 2 - c
    const [centre, width] = [mean[from] as number, scale[from] as number]
    for (let image = 0; image < images; image++) {
      for (let at = 0; at < area; at++) {
        const to = layout === 'nchw' ? (image * 3 + c) * area + at : (image * area + at) * 3 + c
        data[to] = ((pixels[(image * area + at) * 3 + from] as number) - centre) / width
      }
    }
  }
  return { data, dims: layout === 'nchw' ? [3, size, size] : [size, size, 3], batch: batch ?? images }
}
