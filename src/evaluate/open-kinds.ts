import { UserError } from '../base/errors.js'
import { listOf } from '../base/list-of.js'
import { openExistingCatalog } from '../cache/catalog.js'
import { catalogError } from '../cache/catalog-error.js'
import { type CodeKind, kindText } from '../cache/code-kind.js'
import { cachePaths } from '../cache/paths.js'
import { rootOf } from '../cache/root-of.js'
import type { LastRun } from '../cache/run-table.js'
import { type DataSet, openDataSet } from './data-set.js'
import { type DataSetsOptions, withSameImages } from './open-data-sets.js'

/** The codes of a data set, and which kind they are. */
export interface OpenedKind {
  readonly kind: CodeKind
  readonly data: DataSet
}

/**
 * Opens every kind of codes of a data set, of those that are as asked, all with the same images. The caller closes their catalogs.
 *
 * Where neither models nor layers are asked for, a kind that some images have no code of is left out, which `onNote` is told.
 *
 * @throws UserError with the `codes` command to run: where a model or layer that is asked for has no codes or lacks some, or nothing is
 * complete.
 */
export function openKinds(options: DataSetsOptions): OpenedKind[] {
  const { model, layer, onNote } = options
  const opened: OpenedKind[] = []
  const incomplete: { readonly kind: CodeKind; readonly error: UserError }[] = []
  try {
    for (const { fingerprint, ...kind } of kindsAsAsked(options)) {
      const data = attempt(() => openDataSet({ ...options, model: kind.model, layer: kind.layer, digest: fingerprint }))
      if (!(data instanceof UserError)) opened.push({ kind, data })
      else if (model === undefined && layer === undefined) incomplete.push({ kind, error: data })
      else throw data
    }
    const [first] = incomplete
    if (first && opened.length === 0) throw first.error
    for (const { kind, error } of incomplete) onNote?.(`Left out: codes of ${kindText(kind)}. ${error.message}`)
    const same = withSameImages(
      opened.map(({ data }) => data),
      options,
    )
    return opened.map(({ kind }, at) => ({ kind, data: same[at] ?? never() }))
  } catch (error) {
    for (const { data } of opened) data.catalog.close()
    throw error
  }
}

function attempt(open: () => DataSet): DataSet | UserError {
  try {
    return open()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

/** The kinds that completed runs made of the plain images, in the order of their last runs. */
function kindsAsAsked(options: DataSetsOptions): LastRun[] {
  const { data = 'data', cache = 'cache' } = options
  const catalog = openExistingCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(rootOf(data))
    const all = dataset === undefined ? [] : (catalog?.runs.fingerprints(dataset) ?? [])
    const fitting = all.filter(
      (kind) => kind.view === 0 && plainParts.every((part) => options[part] === undefined || options[part] === kind[part]),
    )
    const [models, layers] = [listOf(options.model), listOf(options.layer)]
    for (const model of models) if (!fitting.some((kind) => kind.model === model)) return [missing({ ...options, model, layer: layers[0] })]
    for (const layer of layers) if (!fitting.some((kind) => kind.layer === layer)) return [missing({ ...options, model: models[0], layer })]
    const found = fitting.filter(
      ({ model, layer }) => (models.length === 0 || models.includes(model)) && (layers.length === 0 || layers.includes(layer)),
    )
    return found.length > 0 ? found : [missing({ ...options, model: models[0], layer: layers[0] })]
  } catch (error) {
    throw catalogError(cachePaths(cache).catalog, error)
  } finally {
    catalog?.close()
  }
}

const plainParts = ['size', 'precision', 'resize', 'decoder', 'exif', 'alpha', 'truncated'] as const

/** Opening codes that are not there says what there is, and the command that makes them. */
function missing(options: Parameters<typeof openDataSet>[0]): never {
  openDataSet(options).catalog.close()
  return never()
}

function never(): never {
  throw new Error('Expected codes to be missing')
}
