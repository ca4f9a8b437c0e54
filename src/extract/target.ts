import type { Backbone } from '../backbones/backbone.js'
import { defaultBackbone } from '../backbones/index.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { usageError } from '../base/errors.js'
import { type CodeIdentity, fingerprintOf } from '../cache/fingerprint.js'
import type { AugmentedView } from '../images/augment/augmentation.js'
import type { Preprocessing } from '../images/preprocessing.js'
import { codeIdentity, preprocessingOf } from './code-identity.js'
import type { ExtractOptions, ExtractSeveralOptions } from './options.js'

/** One kind of code to make: a network cut at a layer, and how its images are prepared. */
export interface Target {
  /** `--model` as it was given. */
  readonly model: string
  readonly backbone: Backbone
  readonly preprocessing: Preprocessing
  readonly identity: CodeIdentity
  readonly fingerprint: string
  /** Larger images are refused; no code depends on it. */
  readonly pixelLimit?: number | undefined
  /** Set where the codes are of augmented views of the images. */
  readonly augmented?: AugmentedView | undefined
}

/**
 * The float32 kinds of codes that a run makes: each model at each layer under each resize rule with each decoder, those that are the
 * same only once.
 *
 * @throws UserError for an unknown model or layer, or an option that does not fit one of the models.
 */
export async function resolveTargets(options: ExtractSeveralOptions & { readonly keep?: boolean }): Promise<Target[]> {
  const { models = [defaultBackbone], layers = [undefined], resizes = [undefined], decoders = [undefined], weights, pixelLimit } = options
  const ways = resizes.flatMap((resize) => decoders.map((decoder) => ({ resize, decoder })))
  if (weights !== undefined && weights !== 'random' && models.length > 1) {
    throw usageError('--weights', 'given with one --model, since a file fits one network only', weights, 'Run codes once for each model.')
  }
  const targets = new Map<string, Target>()
  for (const model of models) {
    for (const layer of layers) {
      const backbone = await resolveBackbone(model, { ...options, layer })
      for (const way of ways) {
        const preprocessing = preprocessingOf(backbone, { ...options, ...way })
        const identity = codeIdentity(backbone, preprocessing)
        const fingerprint = fingerprintOf(identity)
        if (!targets.has(fingerprint)) targets.set(fingerprint, { model, backbone, preprocessing, identity, fingerprint, pixelLimit })
      }
    }
  }
  return [...targets.values()]
}

/** Options of several kinds of codes from those of one. */
export function asSeveral({ model, layer, precision, resize, decoder, ...options }: ExtractOptions): ExtractSeveralOptions {
  const one = <T>(value: T | undefined) => (value === undefined ? undefined : [value])
  const several = { models: one(model), layers: one(layer), precisions: one(precision), resizes: one(resize), decoders: one(decoder) }
  return { ...options, ...several }
}
