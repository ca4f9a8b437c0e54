import { NetworkInputs } from '../extract/network-inputs.js'
import type { Preprocessing } from '../images/preprocessing.js'
import { createKernels } from '../kernels/kernels.js'

/**
 * Image files decoded and resized as for a network, as RGB of 8 bits, [side, side, 3] each; undefined for one that is no good image.
 * What `tf-bilinear` gives between two whole numbers is rounded.
 *
 * @param side of the square, in pixels.
 */
export async function resizedPixels(
  files: readonly Uint8Array[],
  { preprocessing, side }: { readonly preprocessing: Preprocessing; readonly side: number },
): Promise<(Uint8Array | undefined)[]> {
  const rules = { ...preprocessing, order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] } as const
  const inputs = new NetworkInputs([{ size: side, layout: 'nhwc', fixedBatch: undefined, preprocessing: rules }], createKernels())
  const length = side * side * 3
  const made: (Uint8Array | undefined)[] = []
  for (const bytes of files) {
    const [one] = await inputs.make({ images: [bytes], wanted: [{ images: [0], dtype: 'float32' }] })
    made.push(one?.good.length === 1 ? Uint8Array.from(one.input.subarray(0, length), Math.round) : undefined)
  }
  return made
}
