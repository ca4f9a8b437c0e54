import type { Floats } from '../base/floats.js'
import { seededRandom, shuffle } from '../base/random.js'
import type { CalibrationBatch } from '../engine/calibrate-ranges.js'
import { createKernels } from '../kernels/kernels.js'
import { imageLoader, tryToLoad } from './image-loader.js'
import type { InputSetup } from './messages.js'
import { inputLength, NetworkInputs } from './network-inputs.js'

/** Images that ranges are measured on, at most. */
export const calibrationImages = 128

const seed = 0

/** What to take images from. */
export interface CalibrationFiles {
  /** Folder of the data set and its files below it, in their order. */
  readonly root: string
  readonly paths: readonly string[]
  /** sha256 in hex of images to leave out. */
  readonly exclude: ReadonlySet<string> | undefined
}

/**
 * Batches of at most 128 images of a data set, chosen by a fixed seed: the same files give the same batches. Images that
 * cannot be used are passed over; a network with a fixed batch gets whole ones only, the last image repeated.
 */
export async function* calibrationBatches(setup: InputSetup, { root, paths, exclude }: CalibrationFiles): AsyncGenerator<CalibrationBatch> {
  const { size, layout, fixedBatch } = setup
  const inputs = new NetworkInputs([setup], createKernels())
  const load = imageLoader(root)
  const order = shuffle(Int32Array.from(paths.keys()), seededRandom(seed))
  const batch = fixedBatch ?? 8
  let left = calibrationImages
  for (let from = 0; from < order.length && left > 0; from += batch) {
    const chosen = [...order.subarray(from, from + Math.min(batch, left))].map((at) => paths[at] ?? '')
    const files = await Promise.all(chosen.map((path) => tryToLoad(load, path)))
    const images = files.flatMap((file) => (file && !exclude?.has(file.image) ? file.bytes : []))
    const [made] = await inputs.make({ images, wanted: [{ images: [...images.keys()], dtype: 'float32' }] })
    if (!made || made.good.length === 0) continue
    const count = fixedBatch ?? made.good.length
    fillUp(made.input, made.good.length, count, inputLength(setup))
    left -= made.good.length
    yield {
      data: made.input.subarray(0, count * inputLength(setup)),
      dims: layout === 'nchw' ? [count, 3, size, size] : [count, size, size, 3],
    }
    inputs.release([made.input.buffer])
  }
}

/** Repeats the last of the first `have` inputs up to `count` of them. */
function fillUp(input: Floats, have: number, count: number, length: number): void {
  for (let slot = have; slot < count; slot++) input.copyWithin(slot * length, (have - 1) * length, have * length)
}
