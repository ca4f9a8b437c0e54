import type { Kernels } from '../kernels/kernels.js'
import type { ImageSize, Normalisation, RgbImage } from './pixels.js'
import { type TfBilinearTable, tfBilinearTable } from './tf-bilinear-table.js'

/** Where everything lies in the kernels' memory: byte offsets. */
interface Places {
  readonly parameters: number
  readonly table: number
  /** Two rows of the source, even ones in the first place, odd ones in the second. */
  readonly rows: readonly [number, number]
  /** float32, the result, and how many bytes on the next pixel and the next row lie. */
  readonly floats: number
  readonly pixelStep: number
  readonly rowStep: number
  /** Where the first red, green and blue value go. */
  readonly channels: readonly number[]
}

/**
 * tf.image.resize, bilinear without antialiasing, normalised, as float32 into `out`.
 *
 * The values between whole levels are kept, unlike Pillow's: TensorFlow's networks get them as tf.image.resize and
 * image_dataset_from_directory give them, and those round nothing.
 */
export function tfBilinearInto(kernels: Kernels, image: RgbImage, target: ImageSize, normalise: Normalisation, out: Float32Array): void {
  const down = tfBilinearTable(image.height, target.height)
  const places = makePlaces(kernels, image, target, normalise)
  const { buffer } = kernels.memory
  const { mean, scale } = normalise
  const { parameters, table, floats, rowStep, pixelStep, channels } = places
  new Float32Array(buffer, parameters, 8).set([...mean, 0, ...scale, 1])
  writeTable(buffer, table, tfBilinearTable(image.width, target.width))
  const bring = rowBringer(buffer, image, places)
  const share = new Float32Array(buffer, parameters + 32, 4)
  for (let y = 0; y < target.height; y++) {
    const [top, bottom] = [bring(down.lower[y]), bring(down.upper[y])]
    share.fill(down.share[y] ?? 0)
    const [red = 0, green = 0, blue = 0] = channels.map((channel) => channel + y * rowStep)
    kernels.tfBilinearRow(top, bottom, table, target.width, parameters, red, green, blue, pixelStep)
  }
  out.set(new Float32Array(buffer, floats, 3 * target.width * target.height))
}

function makePlaces(kernels: Kernels, image: ImageSize, { width, height }: ImageSize, { layout, order }: Normalisation): Places {
  const rowBytes = Math.ceil((image.width * 3 + 1) / 16) * 16
  const parameters = kernels.base
  const table = parameters + 48
  const rows = table + Math.ceil((width * 12) / 16) * 16
  const floats = rows + 2 * rowBytes
  kernels.scratch(floats + 12 * width * height - kernels.base)
  const [pixelStep, channelStep] = layout === 'nchw' ? [4, 4 * width * height] : [12, 4]
  const channels = [0, 1, 2].map((channel) => floats + channelStep * (order === 'rgb' ? channel : 2 - channel))
  return { parameters, table, rows: [rows, rows + rowBytes], floats, pixelStep, rowStep: width * pixelStep, channels }
}

/** As the kernel reads it: src/kernels/assembly/tf-bilinear.ts. */
function writeTable(buffer: ArrayBuffer, place: number, { lower, upper, share }: TfBilinearTable): void {
  const words = new Int32Array(buffer, place, lower.length * 3)
  const floats = new Float32Array(buffer, place, lower.length * 3)
  for (let x = 0; x < lower.length; x++) {
    words[x * 3] = (lower[x] ?? 0) * 3
    words[x * 3 + 1] = (upper[x] ?? 0) * 3
    floats[x * 3 + 2] = share[x] ?? 0
  }
}

/** Sees to a row of the image in its place, where it may still lie, and returns that. Neighbours never share a place. */
function rowBringer(buffer: ArrayBuffer, { pixels, width }: RgbImage, { rows }: Places): (row?: number) => number {
  const memory = new Uint8Array(buffer)
  const held = [-1, -1]
  return (row = 0) => {
    const which = row % 2 === 0 ? 0 : 1
    if (held[which] !== row) memory.set(pixels.subarray(row * width * 3, (row + 1) * width * 3), rows[which])
    held[which] = row
    return rows[which]
  }
}
