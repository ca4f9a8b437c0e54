import { backbones } from '../backbones/index.js'
import { clauseOf } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import { type AugmentIdentity, type CodeIdentity, fingerprintOf } from '../cache/fingerprint.js'
import { parseAugment } from '../images/augment/parse-augment.js'
import { toResizeRule } from '../images/resize-rule.js'
import { asView } from './in-views.js'
import { targetOfCalibration } from './kept-calibration.js'
import { type RunSource, readSource } from './run-source.js'
import { resolveTargets, type Target } from './target.js'
import { Uncheckable } from './uncheckable.js'

export interface RepeatOptions {
  readonly catalog: Catalog
  readonly signal?: AbortSignal | undefined
  /** Where the network may be had from too, tried first. */
  readonly sources?: readonly RunSource[] | undefined
}

/**
 * The kind of codes that has a fingerprint, made again from what runs kept of its network and from the fingerprint's own JSON.
 *
 * @throws Uncheckable where the network cannot be had again just as it was.
 */
export async function repeatTarget({ json, id }: FingerprintRecord, { catalog, signal, sources = [] }: RepeatOptions): Promise<Target> {
  const { calibration, augment, ...identity }: CodeIdentity = JSON.parse(json)
  const wanted = fingerprintOf({ ...identity, precision: 'float32' })
  let trouble = 'no run tells where its network is from'
  for (const source of [...sources, ...sourcesOf(catalog, id, identity)]) {
    try {
      const [target] = await resolveTargets({ ...optionsOf(identity, source), cache: catalog.cache, keep: false, signal })
      if (target?.fingerprint === wanted) {
        const plain = calibration === undefined ? target : await targetOfCalibration(target, catalog.cache, calibration)
        return augment === undefined ? plain : viewOf(plain, augment)
      }
      trouble = `its network, ${source.model}, is another one now`
    } catch (error) {
      signal?.throwIfAborted()
      trouble = clauseOf(error)
    }
  }
  throw new Uncheckable(trouble)
}

/** @throws Error where the view was made by rules that are no more. */
function viewOf(target: Target, { spec, seed, view, version }: AugmentIdentity): Target {
  if (version !== 1) throw new Error(`its views were made by version ${version} of the augmentation`)
  return asView(target, { augmentation: parseAugment(spec), seed, view })
}

/** Where the network may be had from: what runs say, the last one first, else its name. */
function sourcesOf({ database }: Catalog, fingerprint: number, { backbone }: CodeIdentity): RunSource[] {
  const runs = database
    .prepare<[number], { model: string; details: string }>('SELECT model, details FROM run WHERE fingerprint = ? ORDER BY id DESC')
    .all(fingerprint)
  const named = backbone.architecture === undefined ? [] : [{ model: backbone.architecture }]
  const all = [...runs.map(({ model, details }) => readSource(model, details)), ...named]
  const random = backbone.random === undefined ? {} : { weights: 'random' }
  const byContent = new Map(all.map((source) => [JSON.stringify(source), { ...source, ...random }]))
  return [...byContent.values()]
}

/** The options of `codes` that lead to an identity. */
function optionsOf({ backbone, layer, size, preprocessing }: CodeIdentity, { model, weights }: RunSource) {
  const { resize, decoder, exif, alpha, truncated, mean, scale } = preprocessing
  const numbers = (value: unknown) => (Array.isArray(value) ? value.map(Number) : undefined)
  const hasOwn = backbone.architecture !== undefined || backbones.has(model)
  const input = hasOwn ? {} : { mean: numbers(mean), scale: numbers(scale) }
  return {
    models: [model],
    layers: [layer],
    size,
    resizes: [toResizeRule(String(resize))],
    decoders: [decoder === 'fast' ? ('fast' as const) : ('exact' as const)],
    exif: exif !== false,
    alpha: alpha === 'drop' ? ('drop' as const) : ('white' as const),
    truncated: truncated === 'accept' ? ('accept' as const) : ('reject' as const),
    weights,
    seed: backbone.random === undefined ? undefined : Number(backbone.random),
    ...input,
  }
}
