import { UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import { Histogram } from '../base/histogram.js'
import type { Ranges } from '../graph/affine.js'
import type { Graph } from '../graph/graph.js'
import { calibrationGraph } from '../graph/quantize.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { createMultiSession } from './onnx-session.js'

/** Preprocessed images as the network takes them. */
export interface CalibrationBatch {
  readonly data: Floats
  /** [n, 3, side, side], or channels last where the network wants it so. */
  readonly dims: readonly number[]
}

export interface CalibrateOptions {
  /** A range's ends: the values that this share of a tensor's values lies below, and above. Default 0.9999. */
  readonly percentile?: number
  /** Threads of one run, default 1. */
  readonly threads?: number
}

/**
 * Runs images through the float32 network and finds the range of each tensor that quantizing turns into bytes.
 *
 * Memory: one batch's activations and a histogram of 128 KiB for each tensor. The result depends on the images alone,
 * not on their order or batches.
 *
 * @throws UserError when there are no images, an activation is not finite, or the graph cannot be quantized.
 */
export async function calibrateRanges(
  graph: Graph,
  batches: AsyncIterable<CalibrationBatch> | Iterable<CalibrationBatch>,
  { percentile = 0.9999, threads = 1 }: CalibrateOptions = {},
): Promise<Ranges> {
  const whole = calibrationGraph(graph)
  const session = await createMultiSession(writeOnnx(whole), threads)
  const image = whole.inputs[0]?.name ?? ''
  const histograms = new Map([image, ...whole.outputs.map(({ name }) => name)].map((name) => [name, new Histogram()]))
  try {
    for await (const { data, dims } of batches) {
      const outputs = await session.run(data, dims)
      for (const [tensor, histogram] of histograms) {
        if (!histogram.add(tensor === image ? data : (outputs.get(tensor)?.data ?? new Float32Array()))) throw notFinite(tensor)
      }
    }
  } finally {
    await session.release()
  }
  const cut = 1 - percentile
  return new Map([...histograms].map(([tensor, histogram]) => [tensor, { min: histogram.quantile(cut), max: histogram.quantile(1 - cut) }]))
}

function notFinite(tensor: string): UserError {
  return new UserError(
    `Expected finite numbers in layer "${tensor}" while calibrating for --precision int8, found NaN or infinity. Use --precision float32.`,
  )
}
