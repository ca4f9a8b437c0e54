import { UserError } from '../base/errors.js'
import { type DataSet, type DataSetOptions, openDataSet } from './data-set.js'

/** Which codes are swept: each of the models with each of the layers. */
export interface KindsOptions extends Omit<DataSetOptions, 'model' | 'layer'> {
  readonly model?: string | readonly string[] | undefined
  readonly layer?: string | readonly string[] | undefined
}

/**
 * Opens the codes of each model and layer, in their order, on the images that all of them have. The caller closes their catalogs.
 *
 * @throws UserError where codes of one are missing.
 */
export function openKinds(options: KindsOptions): DataSet[] {
  const opened: DataSet[] = []
  try {
    for (const model of asList(options.model)) {
      for (const layer of asList(options.layer)) opened.push(openDataSet({ ...options, model, layer }))
    }
    return onCommonImages(opened, options)
  } catch (error) {
    for (const { catalog } of opened) catalog.close()
    throw error
  }
}

/** One value, several, or one that is left open. */
export function asList<T extends string>(given: T | readonly T[] | undefined): readonly (T | undefined)[] {
  return given === undefined || typeof given === 'string' ? [given] : given
}

function onCommonImages(kinds: readonly DataSet[], { onNote }: KindsOptions): DataSet[] {
  const has = kinds.map(({ images }) => new Set(images.map(({ path }) => path)))
  const isCommon = (path: string) => has.every((paths) => paths.has(path))
  const all = new Set(has.flatMap((paths) => [...paths]))
  const common = [...all].filter(isCommon).length
  if (common === 0) throw new UserError('Expected images of which every model has codes, found none.')
  if (common < all.size) onNote?.(`${all.size - common} of ${all.size} images are left out: some of the models have no code of them.`)
  return kinds.map((kind) => ({ ...kind, images: kind.images.filter(({ path }) => isCommon(path)) }))
}
