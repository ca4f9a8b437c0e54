import type { CodeArray, Dtype } from '../cache/dtype.js'
import type { Layout } from '../graph/layout.js'
import type { Preprocessing } from '../images/preprocessing.js'

/** What a worker is started with. */
export interface WorkerSetup {
  /** Bytes of the .onnx graph: one image batch in, one layer out. */
  readonly model: Uint8Array
  /** Threads of one forward pass. */
  readonly threads: number
  readonly size: number
  readonly layout: Layout
  /** Images in a batch where the network fixes it: short batches are filled up. */
  readonly fixedBatch: number | undefined
  readonly preprocessing: Preprocessing
}

/** Images to code: the bytes of their files. */
export interface BatchRequest {
  readonly id: number
  readonly images: readonly Uint8Array[]
  readonly dtype: Dtype
}

/** What a worker is sent: `end` asks it to finish what it has begun and then to leave. */
export type WorkerRequest = BatchRequest | 'end'

/** Why an image of a batch gave no code. */
export interface Refusal {
  /** Position in the request. */
  readonly at: number
  readonly cause: string
  readonly reason: string
}

/** The codes of the images that gave one, in the order of the request. */
export interface BatchResult {
  readonly id: number
  readonly refused: readonly Refusal[]
  readonly dtype: Dtype
  /** The code's shape, channels last; empty when every image was refused. */
  readonly shape: readonly number[]
  readonly codes: CodeArray
  /** CPU seconds of the forward pass. */
  readonly forward: number
}

/** The batch failed as a whole. */
export interface BatchFailure {
  readonly id: number
  readonly error: string
}

export type WorkerReply = BatchResult | BatchFailure
