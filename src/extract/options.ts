import type { DownloadProgress } from '../backbones/backbone.js'
import type { Dtype } from '../cache/dtype.js'
import type { Precision } from '../cache/fingerprint.js'
import type { ShardLimits } from '../cache/shard-writer.js'
import type { Device } from '../engine/device.js'
import type { EngineName, Provider } from '../engine/engine-info.js'
import type { DecoderName } from '../images/preprocessing.js'
import type { ResizeRule } from '../images/resize-rule.js'
import type { ShardOfFiles } from './shard-of-files.js'
import type { Bound } from './what-bounds.js'

/** What `codes` takes. Everything but the folder has a default. */
export interface ExtractOptions {
  /** Folder of images, or s3://bucket/prefix: a folder per class, or train/ valid/ test/ with a folder per class in each, or images alone. Default `data`. */
  readonly data?: string | undefined
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Name of a backbone, or path of an .onnx, .h5, .keras or model.json file; default efficientnet-lite0. */
  readonly model?: string | undefined
  /** Weight file of a backbone that goes by name, or `random`; default: the official weights, found on this machine or downloaded. */
  readonly weights?: string | undefined
  /** Seed of random weights, default 0. */
  readonly seed?: number | undefined
  /** Told of every piece of a download. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined
  /** Layer whose output is the code, default the last before the top. */
  readonly layer?: string | undefined
  /** Side of the square input in pixels, default the backbone's. */
  readonly size?: number | undefined
  /** Of a user's model: input = (RGB 0…255 − mean) / scale, one number or three; defaults 0 and 1. */
  readonly mean?: readonly number[] | undefined
  readonly scale?: readonly number[] | undefined
  /** Images in a batch of one worker, default 4 on the CPU and 32 elsewhere. It never changes a code. */
  readonly batch?: number | undefined
  /** What runs the network, default onnx; tensorflow needs one of its packages installed. */
  readonly engine?: EngineName | undefined
  /** Where it runs, default auto: CUDA, else WebGPU, else the CPU. One that is named must be there. */
  readonly device?: Device | undefined
  /** Precision of the forward pass, default float32. int8 is calibrated once on at most 128 of the images, and kept. */
  readonly precision?: Precision | undefined
  /** Calibrate again for int8: the codes of the new graph are other ones. Default false. */
  readonly recalibrate?: boolean | undefined
  /** Told of the images that int8 is calibrated on. */
  readonly onCalibrate?: ((done: number, total: number) => void) | undefined
  /** How codes are kept, default float16; float32 computes again what is only there as float16. */
  readonly dtype?: Dtype | undefined
  /** exact (default): the pixels that Pillow gives; fast: JPEGs by libjpeg-turbo's fast DCT, up to 5 of 255 off, other codes. */
  readonly decoder?: DecoderName | undefined
  /** How an image becomes the network's square, default squish: both sides at once, the ratio lost. */
  readonly resize?: ResizeRule | undefined
  /** Turn images as their EXIF orientation says, default true. */
  readonly exif?: boolean | undefined
  /** Compose transparency on white (default), or drop it as Pillow's convert("RGB") does. */
  readonly alpha?: 'white' | 'drop' | undefined
  /** Refuse damaged and cut files (default), or take them as far as they can be decoded: the rest is grey, or black in PNG. */
  readonly truncated?: 'reject' | 'accept' | undefined
  /** Views of each image, the plain one included, default 1; those beyond it are made by `augment`, each kept as codes of its own. */
  readonly views?: number | undefined
  /** What may happen to a view: steps such as "flip,rotate:90,crop:0.08-1", or keras or fastai; see docs/images.md. */
  readonly augment?: string | undefined
  /** Seed of the views, default 0: another one gives other views, and other codes. */
  readonly augmentSeed?: number | undefined
  /** Refuse images of more pixels, default 178,956,970. It changes no code; what another limit refused is tried again. */
  readonly pixelLimit?: number | undefined
  /** Take only these classes. */
  readonly classes?: readonly string[] | undefined
  readonly excludeClasses?: readonly string[] | undefined
  /** Paths below the data folder, or sha256 in hex, to leave out. */
  readonly exclude?: ReadonlySet<string> | undefined
  /** Take only one of several parts of the files, as the jobs of an array do. int8 is calibrated on images of all parts, alike in each. */
  readonly shard?: ShardOfFiles | undefined
  /** Threads that decode and compute, default the number of cores. It never changes a code. */
  readonly workers?: number | undefined
  /** When a file of codes is closed, default at 64 MiB or after 60 s; a crash loses at most the open one. */
  readonly shardLimits?: Partial<ShardLimits> | undefined
  /** Stops the run early; finished work is kept. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ExtractProgress) => void) | undefined
  /** Told in a sentence of what the cache had to mend. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** What `codes` takes where it makes several kinds of codes in one pass over the images. */
export interface ExtractSeveralOptions extends Omit<ExtractOptions, 'model' | 'layer' | 'precision' | 'decoder' | 'resize'> {
  /** As `model` of ExtractOptions, any number of them, default efficientnet-lite0. */
  readonly models?: readonly string[] | undefined
  /** Layers at which each of the models is cut, default the last before its top. */
  readonly layers?: readonly string[] | undefined
  /** Precisions of each of them, default float32. */
  readonly precisions?: readonly Precision[] | undefined
  /** Decoders that each of them is made with, default exact. */
  readonly decoders?: readonly DecoderName[] | undefined
  /** Rules of resizing for each of them, default squish. */
  readonly resizes?: readonly ResizeRule[] | undefined
}

/** How far a run is. */
export interface ExtractProgress {
  /** Images dealt with, of `total`. */
  readonly done: number
  readonly total: number
  /** Of those, how many were computed in this run. */
  readonly computed: number
  readonly quarantined: number
  /** Images whose codes other processes on the same cache are computing. */
  readonly elsewhere: number
  /** Images computed per second so far. */
  readonly rate: number
  /** Seconds left by the rate so far; undefined until there is one. */
  readonly secondsLeft: number | undefined
}

/** An image that gave no code. */
export interface Quarantined {
  /** Below the data folder. */
  readonly path: string
  readonly cause: string
  /** One sentence. */
  readonly reason: string
}

/** What `codes` returns. images = computed + cached + quarantined, unless it was interrupted. */
export interface ExtractResult {
  readonly images: number
  readonly computed: number
  readonly cached: number
  readonly quarantined: number
  readonly quarantine: readonly Quarantined[]
  /** From the scan to the last byte on the disk. */
  readonly seconds: number
  /** Images computed per second, 0 when nothing was. */
  readonly imagesPerSecond: number
  readonly codeLength: number
  /** Channels last. */
  readonly codeShape: readonly number[]
  readonly fingerprint: string
  readonly model: string
  readonly layer: string
  readonly size: number
  readonly resize: ResizeRule
  /** What ran the network, or would have where nothing was to be computed. */
  readonly engine: EngineName
  readonly provider: Provider
  readonly precision: Precision
  readonly decoder: DecoderName
  readonly dtype: Dtype
  /** Shares of the CPU time of computing, all codes of the run together: decode and resize, forward pass, write; 0 each where workers computed. */
  readonly shares: { readonly decode: number; readonly forward: number; readonly write: number }
  /** What more speed would have to come from: reading files, decoding them, the networks, or writing codes; null where nothing was computed. */
  readonly bound: Bound | null
  /** Threads of each stage; null where nothing was computed, or by workers. */
  readonly threads: StageThreads | null
  /** Images in one run of the network, where memory did not hold a whole batch; else null. */
  readonly heldBatch: number | null
  /** How views beyond the plain image are made, in its one spelling, and their seed; null where there are none. */
  readonly augment: { readonly spec: string; readonly seed: number } | null
  /** Each view of the images; the first one is the plain image, of which all else here tells. */
  readonly views: readonly ViewResult[]
  readonly interrupted: boolean
}

/** What became of one view of the images. */
export interface ViewResult extends Pick<ExtractResult, 'computed' | 'cached' | 'quarantined' | 'fingerprint'> {
  /** 0: the plain image. */
  readonly view: number
}

/** Threads that decode and threads that compute; the same ones where each thread does both. */
export interface StageThreads {
  readonly decode: number
  readonly forward: number
}

/** What `codes` returns for several kinds of codes: the counts of the pass, and each kind's own result. */
export interface ExtractSeveralResult
  extends Pick<ExtractResult, 'images' | 'seconds' | 'imagesPerSecond' | 'shares' | 'bound' | 'threads' | 'interrupted'> {
  /** Images of which at least one code was computed. */
  readonly computed: number
  /** Images that have all their codes and of which none was computed. */
  readonly cached: number
  /** Images without any code. */
  readonly quarantined: number
  readonly runs: readonly ExtractResult[]
}
