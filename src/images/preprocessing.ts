import type { ResizeRule } from './resize-rule.js'

/** exact: the pixels that Pillow gives. fast: JPEGs by libjpeg-turbo's fast DCT, up to 5 of 255 off, all else as exact. */
export const decoders = ['exact', 'fast'] as const
export type DecoderName = (typeof decoders)[number]

/** Three numbers, for red, green and blue. */
export type RgbTriple = readonly [number, number, number]

/**
 * Everything that can change a pixel on its way from the file to the network: it is part of every code's identity.
 *
 * Renaming a field or a value here throws users' caches away; a new option needs a default that leaves old identities as they are.
 */
export interface Preprocessing {
  readonly resize: ResizeRule
  /** Version of the rules' arithmetic. 1: Pillow's 8-bit fixed point, horizontal pass first; of tf-bilinear TensorFlow's in float32. */
  readonly resampler: 1
  /** Set where JPEGs are decoded by libjpeg-turbo's fast DCT; without it the pixels are Pillow's. */
  readonly decoder?: 'fast'
  /** Set with `decoder`; to be raised when other images are decoded fast, or to other pixels. */
  readonly decoderVersion?: 1
  /** Whether the EXIF orientation is applied. */
  readonly exif: boolean
  /** Colour profiles are not applied: the numbers are taken as they are stored. */
  readonly icc: 'ignore'
  /** white: composed on white; drop: the colour under the alpha channel as it is. */
  readonly alpha: 'white' | 'drop'
  /** reject: damaged and cut files are refused. accept: they are taken as the decoder patches them up. */
  readonly truncated: 'reject' | 'accept'
  /** The channels' order at the network's input. */
  readonly order: 'rgb' | 'bgr'
  /** input = (v − mean) / scale with v in 0…255; always in the order red, green, blue, whatever `order` says. */
  readonly mean: RgbTriple
  readonly scale: RgbTriple
}
