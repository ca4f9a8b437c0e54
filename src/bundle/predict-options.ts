import type { EngineInfo } from '../engine/engine-info.js'
import type { CrewOptions } from '../extract/worker-setup.js'
import type { Prediction, PredictionRule } from './prediction.js'

export interface PredictOptions extends PredictionRule, CrewOptions {
  /** Name of a head in the cache, or a bundle's folder. */
  readonly bundle: string
  /** Files, folders and patterns. */
  readonly paths: readonly string[]
  /** Cache folder, default `cache`: where heads, codes and networks are looked for. */
  readonly cache?: string | undefined
  /** Images in a run of the network, default what suits the device. */
  readonly batch?: number | undefined
  /** Larger images are refused. */
  readonly pixelLimit?: number | undefined
  readonly onProgress?: ((done: number, total: number, rate: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is said of one file. */
export type PredictedImage = Prediction & { readonly path: string }

export interface PredictResult {
  /** In the order of the paths; files that are no good image are not among them. */
  readonly predictions: readonly PredictedImage[]
  readonly quarantined: readonly { readonly path: string; readonly reason: string }[]
  readonly images: number
  /** Images whose code was in the cache. */
  readonly cached: number
  readonly computed: number
  readonly seconds: number
  /** Of those that were computed; null where none was. */
  readonly imagesPerSecond: number | null
  /** What the network ran on; null where every code was cached. */
  readonly engine: EngineInfo['engine'] | null
  readonly provider: EngineInfo['provider'] | null
  readonly labels: readonly string[]
  /** Whether the signal ended it early: what was answered by then is told. */
  readonly interrupted: boolean
}
