import { listOf, type OneOrMore } from '../base/list-of.js'
import { openExistingCatalog } from '../cache/catalog.js'
import { catalogError } from '../cache/catalog-error.js'
import { cachePaths } from '../cache/paths.js'
import { rootOf } from '../cache/root-of.js'
import type { LastRun, RunFilter } from '../cache/run-table.js'
import { type DataSet, type DataSetOptions, openDataSet } from './data-set.js'
import { quotedList } from './quoted-list.js'

export interface DataSetsOptions extends Omit<DataSetOptions, 'model' | 'layer'> {
  /** As they were given to `codes`; default that of the last completed run. */
  readonly model?: OneOrMore<string> | undefined
  readonly layer?: OneOrMore<string> | undefined
}

type Asked = Pick<RunFilter, 'model' | 'layer'>

/**
 * Opens several kinds of codes of one data set, every model with every layer that it has of those asked for, all with the same images:
 * those that every kind has a code of. The caller closes their catalogs.
 *
 * @throws UserError that names what there is, where a model has none of the layers, or no model has one of them.
 */
export function openDataSets(options: DataSetsOptions): DataSet[] {
  const opened: DataSet[] = []
  try {
    const { model: _model, layer: _layer, ...rest } = options
    for (const kind of existing(options)) opened.push(openDataSet({ ...rest, ...kind }))
    return withSameImages(opened, options)
  } catch (error) {
    for (const { catalog } of opened) catalog.close()
    throw error
  }
}

/** The kinds that exist; where a model or a layer has none, such a kind comes first, and opening it fails with what there is. */
function existing({ model, layer, data = 'data', cache = 'cache', ...filter }: DataSetsOptions): Asked[] {
  const layers = layer === undefined ? [undefined] : listOf(layer)
  const models = model === undefined ? [undefined] : listOf(model)
  if (models.length * layers.length === 1) return [{ model: models[0], layer: layers[0] }]
  const catalog = openExistingCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(rootOf(data))
    const last = (kind: Asked) =>
      dataset === undefined ? undefined : catalog?.runs.last(dataset, { ...filter, augment: undefined, ...kind })
    return kindsOf(model === undefined ? [modelWith(layers, last)] : models, layers, last)
  } catch (error) {
    throw catalogError(cachePaths(cache).catalog, error)
  } finally {
    catalog?.close()
  }
}

type FindLast = (kind: Asked) => LastRun | undefined

/** The last run's model, if it has all of the layers; else one that has, or has one of them. */
function modelWith(layers: readonly Asked['layer'][], last: FindLast): string | undefined {
  const candidates = [last({}), ...layers.map((layer) => last({ layer }))].flatMap((run) => run?.model ?? [])
  const has = (model: string) => (layer: Asked['layer']) => last({ model, layer }) !== undefined
  return candidates.find((model) => layers.every(has(model))) ?? candidates.find((model) => layers.some(has(model)))
}

function kindsOf(models: readonly Asked['model'][], layers: readonly Asked['layer'][], last: FindLast): Asked[] {
  const found = models.flatMap((model) => layers.map((layer) => ({ model, layer }))).filter((kind) => last(kind) !== undefined)
  const barren = models.filter((model) => !found.some((kind) => kind.model === model)).map((model) => ({ model, layer: layers[0] }))
  const unknown = layers.filter((layer) => !found.some((kind) => kind.layer === layer)).map((layer) => ({ model: models[0], layer }))
  return [...barren, ...unknown, ...found]
}

/** The sets with the images that all of them have; `onNote` is told of the others. */
export function withSameImages(sets: readonly DataSet[], { onNote }: Pick<DataSetsOptions, 'onNote'>): DataSet[] {
  const paths = sets.map(({ images }) => new Set(images.map(({ path }) => path)))
  const all = new Set(paths.flatMap((of) => [...of]))
  const common = new Set([...all].filter((path) => paths.every((of) => of.has(path))))
  if (common.size === all.size) return [...sets]
  const others = [...all].filter((path) => !common.has(path))
  onNote?.(
    `Left out for all series, since some kind of codes refused ${others.length === 1 ? 'it' : 'them'}: ${quotedList(others)} (${others.length} of ${all.size} images).`,
  )
  return sets.map((set) => ({ ...set, images: set.images.filter(({ path }) => common.has(path)) }))
}
