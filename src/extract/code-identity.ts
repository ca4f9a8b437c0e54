import type { Backbone } from '../backbones/backbone.js'
import type { CodeIdentity } from '../cache/fingerprint.js'
import type { Preprocessing } from '../images/preprocessing.js'
import type { ExtractOptions } from './options.js'

/** How this backbone's images are prepared under the user's options. */
export function preprocessingOf(
  { input }: Backbone,
  {
    exif = true,
    alpha = 'white',
    truncated = 'reject',
    decoder = 'exact',
  }: Pick<ExtractOptions, 'exif' | 'alpha' | 'truncated' | 'decoder'>,
): Preprocessing {
  const lane = decoder === 'fast' ? { decoder } : {}
  return { resize: 'squish', resampler: 1, ...lane, exif, icc: 'ignore', alpha, truncated, ...input }
}

/** Everything that a code of this backbone depends on, beside the image. */
export function codeIdentity(backbone: Backbone, preprocessing: Preprocessing): CodeIdentity {
  return {
    format: 1,
    backbone: { ...backbone.identity },
    layer: backbone.layer,
    size: backbone.size,
    preprocessing: { ...preprocessing },
    precision: 'float32',
  }
}
