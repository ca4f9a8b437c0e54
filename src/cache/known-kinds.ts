import { fieldsOf, parseJson } from '../base/json.js'
import type { Catalog } from './catalog.js'
import { type CodeKind, plainImage, usualDecoding } from './code-kind.js'
import type { FingerprintRecord } from './code-table.js'

/** A kind of codes that a catalog knows. */
export interface KnownKind extends CodeKind {
  readonly record: FingerprintRecord
  /** Names that runs gave its model, the last one first; by its identity where there was no run. `model` is the first. */
  readonly models: readonly string[]
  /** Absolute paths of the data sets of which runs made such codes. */
  readonly data: readonly string[]
}

interface KindRun {
  readonly fingerprint: number
  readonly model: string
  readonly root: string
}

/** Every kind of codes of which there are some, or were in a run, in the order in which they came. */
export function knownKinds({ codes, database }: Pick<Catalog, 'codes' | 'database'>): KnownKind[] {
  const runs = database
    .prepare<[], KindRun>(
      'SELECT fingerprint, model, root FROM run JOIN dataset ON dataset.id = run.dataset ORDER BY run.finished DESC, run.id DESC',
    )
    .all()
  const kept = new Set(database.prepare<[], number>('SELECT DISTINCT fingerprint FROM shard').pluck().all())
  return codes.all().flatMap((record) => {
    const own = runs.filter(({ fingerprint }) => fingerprint === record.id)
    if (own.length === 0 && !kept.has(record.id)) return []
    const named = [...new Set(own.map(({ model }) => model))]
    const models = named.length > 0 ? named : [modelOf(record.json)]
    return { ...kindOf(record.json), model: models[0] ?? '', record, models, data: [...new Set(own.map(({ root }) => root))] }
  })
}

/** A model by its identity, as there is no run that says how it was named. */
function modelOf(json: string): string {
  const { architecture, file, random, images } = fieldsOf(fieldsOf(parseJson(json)).backbone)
  if (typeof architecture === 'string') return random === undefined ? architecture : `${architecture} (random weights)`
  if (images !== undefined) return 'images'
  return `file ${String(file).slice(0, 12)}`
}

/** The parts of a kind by the JSON of its identity, which lacks what was as usual when it was written. */
function kindOf(json: string): Omit<CodeKind, 'model'> {
  const { layer, size, precision, preprocessing, augment } = fieldsOf(parseJson(json))
  const { spec = plainImage.augment, view = plainImage.view } = fieldsOf(augment)
  const told = fieldsOf(preprocessing)
  const { decoder, exif, alpha, truncated } = { ...usualDecoding, ...told }
  return {
    layer: String(layer),
    size: Number(size),
    precision: String(precision),
    resize: String(told.resize),
    decoder: String(decoder),
    exif,
    alpha: String(alpha),
    truncated: String(truncated),
    augment: String(spec),
    view: Number(view),
  }
}
