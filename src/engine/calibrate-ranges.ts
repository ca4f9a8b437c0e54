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
  /** Threads of one run, default 1. */
  readonly threads?: number
}

/**
 * Runs images through the float32 network and finds the range of each tensor that quantizing turns into bytes.
 *
 * Memory: one batch's activations and a histogram of 128 KiB for each tensor. The result depends on the
 * images and their order, not on the batches.
 *
 * @throws UserError when there are no images, an activation is not finite, or the graph cannot be quantized.
 */
export async function calibrateRanges(
  graph: Graph,
  batches: AsyncIterable<CalibrationBatch> | Iterable<CalibrationBatch>,
  { percentile = 0.99999, threads = 1 }: CalibrateOptions = {},
): Promise<Ranges> {
  const whole = calibrationGraph(graph)
  const session = await createMultiSession(writeOnnx(whole), threads)
  const image = whole.inputs[0]?.name ?? ''
  const statistics = new Map([image, ...whole.outputs.map(({ name }) => name)].map((name) => [name, new TensorStatistics()]))
  try {
    for await (const batch of batches) {
      const outputs = await session.run(batch.data, batch.dims)
      for (const [tensor, known] of statistics) {
        if (!known.add(outputs.get(tensor) ?? batch)) throw notFinite(tensor)
      }
    }
  } finally {
    await session.release()
  }
  return new Map([...statistics].map(([tensor, known]) => [tensor, known.range(percentile)]))
}

function notFinite(tensor: string): UserError {
  return new UserError(
    `Expected finite numbers in layer "${tensor}" while calibrating for --precision int8, found NaN or infinity. Use --precision float32.`,
  )
}
