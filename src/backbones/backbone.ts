import type { Graph } from '../graph/graph.js'
import type { Layout } from '../graph/layout.js'
import type { Progress } from '../weights/fetch-to-file.js'

/** What makes a network that network: part of every fingerprint. */
export type BackboneIdentity =
  | {
      readonly architecture: string
      /** Semantic version of the architecture: raised when its graph computes other numbers. */
      readonly version: string
      /** sha256 of the weights, see `weightsDigest`. */
      readonly weights: string
      /** The seed of random weights, which mean nothing; left out where weights come from training. */
      readonly random?: string
    }
  | {
      /** sha256 of a user's file and of what belongs to it: external data of an .onnx, shards of a model.json. */
      readonly file: string
      /** Of models that are converted: the version of the rules, raised when one of them computes other numbers. */
      readonly conversion?: string
    }

/** How pixels become numbers: input = (pixel 0…255 − mean) / scale, mean and scale in the order red, green, blue whatever `order` says. */
export interface InputRule {
  readonly order: 'rgb' | 'bgr'
  readonly mean: readonly [number, number, number]
  readonly scale: readonly [number, number, number]
}

/** A frozen convolutional base, ready to be run on batches of images. */
export interface Backbone {
  /** The name users know it by; for a user's file its name without folder. */
  readonly name: string
  readonly identity: BackboneIdentity
  /** One image batch in, one layer's output. */
  readonly graph: Graph
  /** The resolved name of the layer that gives the codes. */
  readonly layer: string
  /** Side of the square input in pixels. */
  readonly size: number
  readonly layout: Layout
  /** Images in a batch where the file fixes it. */
  readonly batch: number | undefined
  readonly input: InputRule
}

/** How far the download of a weight file is, in bytes. */
export interface DownloadProgress extends Progress {
  /** The file's name. */
  readonly file: string
}

/** What the user asked of a backbone; what is left out is the backbone's own. */
export interface BackboneOptions {
  readonly layer?: string | undefined
  readonly size?: number | undefined
  readonly mean?: readonly number[] | undefined
  readonly scale?: readonly number[] | undefined
  /** A weight file, or `random`; default: the official weights, looked for on this machine, else downloaded. */
  readonly weights?: string | undefined
  /** Seed of random weights, default 0. */
  readonly seed?: number | undefined
  /** Cache folder, for downloaded weights and built graphs. */
  readonly cache?: string | undefined
  /** Whether a built graph may be kept in the cache, default true. */
  readonly keep?: boolean | undefined
  /** Told of every piece of a download. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined
  /** Breaks a download off. */
  readonly signal?: AbortSignal | undefined
}
