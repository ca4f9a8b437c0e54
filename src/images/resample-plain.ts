import { type AxisFit, fitImage, type PillowRule } from './fit-image.js'
import { checkImage, checkOutput, type ImageSize, imageSize, type Normalisation, type RgbImage } from './pixels.js'
import { PRECISION_BITS, type ResampleTable, resampleTable } from './resample-coefficients.js'

// The readable twin of the WebAssembly resampler: the tests hold the two to each other bit for bit.

/** Horizontal pass first. Returns uint8 [size.height, size.width, 3]. */
export function resamplePlain(image: RgbImage, size: number | ImageSize, rule: PillowRule = 'squish'): Uint8Array {
  checkImage(image)
  const target = imageSize(size)
  const { pixels, width, height } = image
  const { filter, across, down } = fitImage(image, target, rule)
  const wide = resampleAxis(pixels, {
    ...across,
    ...resampleTable(across, filter),
    room: target.width,
    step: 3,
    lines: height,
    lineStep: width * 3,
    outLineStep: target.width * 3,
  })
  return resampleAxis(wide, {
    ...down,
    ...resampleTable(down, filter),
    room: target.height,
    step: target.width * 3,
    lines: target.width,
    lineStep: 3,
    outLineStep: 3,
  })
}

/** uint8 [height, width, 3] → float32 (v − mean) / scale in the wanted order and layout, from `offset` on. */
export function normalisePlain(
  pixels: ArrayLike<number>,
  size: ImageSize,
  normalise: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  checkOutput(out.length, offset, size)
  const area = size.width * size.height
  for (let channel = 0; channel < 3; channel++) {
    const mean = Math.fround(normalise.mean[channel] ?? 0)
    const scale = Math.fround(normalise.scale[channel] ?? 1)
    const place = normalise.order === 'rgb' ? channel : 2 - channel
    for (let i = 0; i < area; i++) {
      const at = normalise.layout === 'nchw' ? place * area + i : i * 3 + place
      out[offset + at] = Math.fround((pixels[i * 3 + channel] as number) - mean) / scale // hot loop: i is in range
    }
  }
}

/** One pass: `lines` lines of pixels, `step` bytes between neighbours, become lines of `room` pixels, `length` of them made. */
interface Pass extends ResampleTable, Pick<AxisFit, 'length' | 'at'> {
  readonly room: number
  readonly step: number
  readonly lines: number
  readonly lineStep: number
  readonly outLineStep: number
}

function resampleAxis(source: Uint8Array, { first, taps, weights, maxTaps, length, at, room, ...pass }: Pass): Uint8Array {
  const { step, lines, lineStep, outLineStep } = pass
  const target = new Uint8ClampedArray(lines * room * 3)
  for (let line = 0; line < lines; line++) {
    for (let x = 0; x < length; x++) {
      // hot loop: every index is in range by construction of the table
      const start = line * lineStep + (first[x] as number) * step
      for (let channel = 0; channel < 3; channel++) {
        let sum = 2 ** (PRECISION_BITS - 1)
        for (let k = 0; k < (taps[x] as number); k++)
          sum += (source[start + k * step + channel] as number) * (weights[x * maxTaps + k] as number)
        target[line * outLineStep + (at + x) * step + channel] = sum >> PRECISION_BITS
      }
    }
  }
  return new Uint8Array(target.buffer)
}
