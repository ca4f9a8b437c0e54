import { defaultBackbone } from '../backbones/index.js'
import type { Catalog } from '../cache/catalog.js'
import type { Json } from '../cache/fingerprint.js'
import { rootOf } from '../cache/root-of.js'
import { keptTarget } from './kept-calibration.js'
import type { ExtractOptions } from './options.js'
import { asSeveral, resolveTargets } from './target.js'

/** A kind of codes that is asked for. */
export interface AskedKind {
  readonly model: string
  /** null for int8 that is not calibrated yet. */
  readonly fingerprint: string | null
  readonly identity: Json
}

/** Options that choose a kind of codes. */
const choosing = [
  'model',
  'weights',
  'layer',
  'size',
  'mean',
  'scale',
  'precision',
  'decoder',
  'resize',
  'exif',
  'alpha',
  'truncated',
] as const satisfies readonly (keyof ExtractOptions)[]

/** What chooses a kind of codes; all of it may be left to the last run for `data`. */
export type KindOptions = Pick<ExtractOptions, 'data' | 'cache' | 'seed' | (typeof choosing)[number]>

/**
 * The kind of codes that options ask for: where none of them chooses one, that of the last run for the data, else the default
 * network's as `codes` makes them.
 *
 * @throws UserError for options that lead to none.
 */
export async function askedKind(catalog: Catalog | undefined, options: KindOptions): Promise<AskedKind> {
  const { data = 'data', cache = 'cache', precision } = options
  const dataset = catalog?.files.findDataset(rootOf(data))
  const last = dataset === undefined ? undefined : catalog?.runs.last(dataset)
  const record = last && choosing.every((name) => options[name] === undefined) ? catalog?.codes.find(last.fingerprint) : undefined
  if (last && record) return { model: last.model, fingerprint: record.digest, identity: JSON.parse(record.json) }
  const model = options.model ?? last?.model ?? defaultBackbone
  const [target] = await resolveTargets({ ...asSeveral({ ...options, model }), keep: false })
  if (!target) throw new Error('Expected one kind of code')
  if (precision !== 'int8') return { model, fingerprint: target.fingerprint, identity: { ...target.identity } }
  const calibrated = await keptTarget(target, cache)
  if (calibrated) return { model, fingerprint: calibrated.fingerprint, identity: { ...calibrated.identity } }
  return { model, fingerprint: null, identity: { ...target.identity, precision: 'int8' } }
}
