import type { UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import type { EngineInfo } from '../engine/engine-info.js'
import type { Layout } from '../graph/layout.js'
import type { AugmentedView } from '../images/augment/augmentation.js'
import type { Preprocessing } from '../images/preprocessing.js'

/** What a worker is started with that computes, and decodes for itself. */
export interface WorkerSetup {
  /** Threads of one forward pass. */
  readonly threads: number
  /** The networks that code each image. */
  readonly networks: readonly NetworkSetup[]
}

/** What a worker is started with that only decodes: without the networks, of which each thread would hold a copy. */
export interface DecoderSetup {
  readonly inputs: readonly InputSetup[]
}

/** A network and the input that it takes. */
export interface NetworkSetup extends InputSetup {
  /** Bytes of the .onnx graph: one image batch in, one layer out. Networks with the very same array share one session. */
  readonly model: Uint8Array
  /** What it runs on. */
  readonly on: Pick<EngineInfo, 'engine' | 'provider'>
}

/** The input that a network takes. */
export interface InputSetup {
  readonly size: number
  readonly layout: Layout
  /** Images in a batch where the network fixes it: short batches are filled up. */
  readonly fixedBatch: number | undefined
  readonly preprocessing: Preprocessing
  /** Larger images are refused. */
  readonly pixelLimit?: number | undefined
  /** The view of each image that the network sees; undefined: the plain image. */
  readonly augmented?: AugmentedView | undefined
}

/** What every request has. */
interface AnyRequest {
  readonly id: number
  /** One entry for each network of the setup. */
  readonly wanted: readonly Wanted[]
  /** Memory for what the worker makes. */
  readonly spare: readonly ArrayBuffer[]
}

/** Images to code, or only to decode: the bytes of their files. */
export interface BatchRequest extends AnyRequest {
  readonly images: readonly Uint8Array[]
}

/** Images that another thread has decoded, one entry for each network. */
export interface DecodedRequest extends AnyRequest {
  readonly inputs: readonly NetworkInput[]
}

/** A batch as one network takes it: the good images' inputs one behind the other. */
export interface NetworkInput {
  readonly input: Floats
  /** Positions of the good images in the request. */
  readonly good: readonly number[]
  /** The wanted images that could not be decoded. */
  readonly refused: readonly Refusal[]
}

/** What is wanted of one network. */
export interface Wanted {
  /** Positions among the request's images, ascending. */
  readonly images: readonly number[]
  readonly dtype: Dtype
}

/** What a worker is sent: `end` asks it to finish what it has begun and then to leave. */
export type WorkerRequest = BatchRequest | DecodedRequest | 'end'

/** Why an image of a batch gave no code. */
export interface Refusal {
  /** Position in the request. */
  readonly at: number
  readonly cause: string
  readonly reason: string
}

/** The codes that one network gave. */
export interface NetworkResult {
  /** Every wanted image without a code. */
  readonly refused: readonly Refusal[]
  readonly dtype: Dtype
  /** The code's shape, channels last; empty when every image was refused. */
  readonly shape: readonly number[]
  /** [images that are not refused, length], in the order of the request. */
  readonly codes: CodeArray
  /** CPU seconds of the forward pass. */
  readonly forward: number
  /** Images in one run of the network where memory did not hold all. */
  readonly heldBatch: number | undefined
}

/** One result for each network of the setup. */
export interface BatchResult {
  readonly id: number
  readonly results: readonly NetworkResult[]
  /** Seconds from one end to the other; waiting for other batches is not in them. */
  readonly seconds: StageSeconds
  /** The inputs' memory where another thread had made them. */
  readonly freed: readonly ArrayBuffer[]
}

/** How long the stages of a batch took. */
export interface StageSeconds {
  /** 0 where another thread decoded. */
  readonly decode: number
  readonly forward: number
}

/** Images decoded and resized, one entry for each network of the setup. */
export interface DecodedBatch {
  readonly id: number
  readonly inputs: readonly NetworkInput[]
}

/** The batch failed as a whole, or the thread's start. */
export interface BatchFailure {
  readonly id: number | 'start'
  readonly error: string
  /** Set where the user can mend it. */
  readonly exitCode?: UserError['exitCode'] | undefined
}

/** What a worker sends. */
export type WorkerReply = 'ready' | BatchResult | DecodedBatch | BatchFailure
