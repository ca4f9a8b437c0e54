import type { BackboneIdentity, InputRule } from '../backbones/backbone.js'
import { UserError } from '../base/errors.js'
import { fieldsOf } from '../base/json.js'
import { openCatalog } from '../cache/catalog.js'
import { type CodeIdentity, canonicalJson } from '../cache/fingerprint.js'
import { repeatTarget } from '../extract/repeat-target.js'
import type { Target } from '../extract/target.js'
import { Uncheckable } from '../extract/uncheckable.js'
import { parseOnnx } from '../graph/read-onnx.js'
import type { Preprocessing, RgbTriple } from '../images/preprocessing.js'
import { toResizeRule } from '../images/resize-rule.js'
import type { Bundle } from './load-bundle.js'

export interface BundleTargetOptions {
  /** Cache folder, where the network of a bundle that does not have it inside is looked for. */
  readonly cache: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The network of a bundle's codes and how its images are prepared: from inside the bundle, else made again just as it was.
 *
 * @throws UserError where it cannot be had, or is another one now.
 */
export async function bundleTarget(bundle: Bundle, options: BundleTargetOptions): Promise<Target> {
  return bundle.embedded ? inside(bundle, bundle.embedded) : madeAgain(bundle, options)
}

function inside({ identity, fingerprint, folder }: Bundle, { path, bytes, layout, batch }: NonNullable<Bundle['embedded']>): Target {
  const preprocessing = toPreprocessing(identity)
  const name = identity.backbone.architecture ?? path
  const input: InputRule = { order: preprocessing.order, mean: preprocessing.mean, scale: preprocessing.scale }
  const graph = parseOnnx(bytes, path)
  const backbone = { name, identity: toBackboneIdentity(identity), graph, layer: identity.layer, size: identity.size, layout, batch, input }
  return { model: folder, backbone, preprocessing, identity, fingerprint }
}

async function madeAgain({ identity, fingerprint, shape, name, record }: Bundle, { cache, signal }: BundleTargetOptions): Promise<Target> {
  const catalog = openCatalog(cache)
  try {
    const unknown = { id: 0, digest: fingerprint, json: canonicalJson({ ...identity }), shape }
    const tuned = typeof record.modelFile === 'string' ? [{ model: record.modelFile }] : []
    const target = await repeatTarget(catalog.codes.find(fingerprint) ?? unknown, { catalog, signal, sources: tuned })
    if (target.fingerprint === fingerprint) return target
    throw new Uncheckable('its codes are of another fingerprint now')
  } catch (error) {
    if (!(error instanceof Uncheckable)) throw error
    const { architecture = 'a file of its own', weights, file } = identity.backbone
    const wanted = `${architecture}, weights ${(weights ?? file ?? 'unknown').slice(0, 12)}…, layer ${identity.layer}`
    throw new UserError(
      `Expected to have the network of ${name} (${wanted}), found that ${error.message}. Give the --cache that its codes are in, or take a bundle that has it inside: npm run export -- ${name} --format bundle --embed`,
    )
  } finally {
    catalog.close()
  }
}

function toBackboneIdentity({ backbone: { architecture, version, weights, random, file, conversion } }: CodeIdentity): BackboneIdentity {
  if (file !== undefined) return { file, ...(conversion === undefined ? {} : { conversion }) }
  if (architecture === undefined || version === undefined || weights === undefined) return { file: '' }
  return { architecture, version, weights, ...(random === undefined ? {} : { random }) }
}

/** How a bundle's images are prepared, from the identity of its codes. */
export function toPreprocessing({ preprocessing }: Pick<CodeIdentity, 'preprocessing'>): Preprocessing {
  const { resize, decoder, exif, alpha, truncated, order, mean, scale } = fieldsOf(preprocessing)
  const lane = decoder === 'fast' ? { decoder: 'fast' as const, decoderVersion: 1 as const } : {}
  return {
    resize: toResizeRule(String(resize)),
    resampler: 1,
    ...lane,
    exif: exif !== false,
    icc: 'ignore',
    alpha: alpha === 'drop' ? 'drop' : 'white',
    truncated: truncated === 'accept' ? 'accept' : 'reject',
    order: order === 'bgr' ? 'bgr' : 'rgb',
    mean: toTriple(mean),
    scale: toTriple(scale),
  }
}

function toTriple(value: unknown): RgbTriple {
  const [red, green, blue]: readonly unknown[] = Array.isArray(value) ? value : []
  return [Number(red), Number(green), Number(blue)]
}
