import type { Backbone } from '../backbones/backbone.js'
import type { CodeIdentity } from '../cache/fingerprint.js'
import { isInputGraph } from '../graph/input-layer.js'
import type { Preprocessing } from '../images/preprocessing.js'
import { checkResizeRule } from '../images/resize-rule.js'
import type { ExtractOptions } from './options.js'

type PreprocessingOptions = Pick<ExtractOptions, 'exif' | 'alpha' | 'truncated' | 'resize' | 'decoder'>

/**
 * How this backbone's images are prepared under the user's options.
 *
 * @throws UserError for a crop that is smaller than the backbone's input.
 */
export function preprocessingOf(
  { input, size }: Backbone,
  { exif = true, alpha = 'white', truncated = 'reject', resize = 'squish', decoder = 'exact' }: PreprocessingOptions,
): Preprocessing {
  const lane = decoder === 'fast' ? { decoder, decoderVersion: 1 as const } : {}
  return { resize: checkResizeRule(resize, size), resampler: 1, ...lane, exif, icc: 'ignore', alpha, truncated, ...input }
}

/** No network took part: the images as they go into one, version 1. All networks that want the same input share them. */
const noNetwork = { images: '1' }

/** Everything that a code of this backbone depends on, beside the image. */
export function codeIdentity(backbone: Backbone, preprocessing: Preprocessing): CodeIdentity {
  return {
    format: 1,
    backbone: isInputGraph(backbone.graph) ? noNetwork : { ...backbone.identity },
    layer: backbone.layer,
    size: backbone.size,
    preprocessing: { ...preprocessing },
    precision: 'float32',
  }
}
