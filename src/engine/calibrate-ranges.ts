import { UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import type { Graph } from '../graph/graph.js'
import { calibrationGraph } from '../graph/quantize.js'
import type { Ranges } from '../graph/ranges.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { createMultiSession } from './onnx-session.js'
import { TensorStatistics } from './tensor-statistics.js'

/** Preprocessed images as the network takes them. */
export interface CalibrationBatch {
  readonly data: Floats
  /** [n, 3, side, side], or channels last where the network wants it so. */
  readonly dims: readonly number[]
}

export interface CalibrateOptions {
  /** A range's ends: the values that this share of a tensor's values lies below, and above. Default 0.99999. */
  readonly percentile?: number
  /** Threads of one run, default 1; 0: all cores. */
  readonly threads?: number
}

/**
 * Runs images through the float32 network and finds the range of each tensor that quantizing turns into bytes.
 *
 * Memory: the activations of one image (of one batch where the network fixes its size) and 128 KiB for each tensor.
 * The result depends on the images and their order, not on the batches.
 *
 * @throws UserError when an activation is not finite or the graph cannot be quantized; Error when there are no images.
 */
export async function calibrateRanges(
  graph: Graph,
  batches: AsyncIterable<CalibrationBatch> | Iterable<CalibrationBatch>,
  { percentile = 0.99999, threads = 1 }: CalibrateOptions = {},
): Promise<Ranges> {
  const whole = calibrationGraph(graph)
  const [image] = whole.inputs
  const fixed = image?.dims?.[0]
  const tensors = [...whole.inputs, ...whole.outputs].map(({ name }) => name)
  const statistics = new Map(tensors.map((tensor) => [tensor, new TensorStatistics()]))
  const session = await createMultiSession(writeOnnx(whole), threads)
  try {
    for await (const batch of batches) {
      for (const part of parts(batch, typeof fixed === 'number' ? fixed : 1)) {
        const outputs = await session.run(part.data, part.dims)
        for (const [tensor, known] of statistics) if (!known.add(outputs.get(tensor) ?? part)) throw notFinite(tensor)
      }
    }
  } finally {
    await session.release()
  }
  return new Map([...statistics].map(([tensor, known]) => [tensor, known.range(percentile)]))
}

/** A batch in batches of so many images. */
function parts({ data, dims: [images = 1, ...image] }: CalibrationBatch, count: number): CalibrationBatch[] {
  const length = (data.length / images) * count
  return Array.from({ length: images / count }, (_, i) => ({ data: data.subarray(i * length, (i + 1) * length), dims: [count, ...image] }))
}

function notFinite(tensor: string): UserError {
  return new UserError(
    `Expected finite numbers in layer "${tensor}" while calibrating for --precision int8, found NaN or infinity. Use --precision float32.`,
  )
}
