import { basename, extname } from 'node:path'
import { UserError } from '../base/errors.js'
import { type Catalog, openExistingCatalog } from '../cache/catalog.js'
import { catalogError } from '../cache/catalog-error.js'
import { type CodeKind, kindOptions, kindParts, kindText, optionText, varyingParts } from '../cache/code-kind.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import { isOfRandomWeights } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import { rootOf } from '../cache/root-of.js'
import type { LastRun, RunFilter } from '../cache/run-table.js'
import type { Selection } from '../cache/selection.js'
import { type CodeViews, findViews, type ViewOptions } from './code-views.js'
import { type LabelledFile, type LabelOptions, selectImages } from './select-images.js'

export interface DataSetOptions extends Selection, Omit<RunFilter, 'augment'>, LabelOptions, ViewOptions {
  /** Folder of images, default `data`. Only its name is used: paths, parts and (without `labels`) labels come from the catalog. */
  readonly data?: string | undefined
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Told of what is odd about the codes, and of trouble that does not stop the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** An image of a data set that has a code; `labels` is set for every image of a multi-label set. */
export interface CodedImage extends Pick<LabelledFile, 'path' | 'label' | 'part' | 'labels'> {
  readonly sha256: string
}

/** A data set as the last `codes` left it. */
export interface DataSet {
  readonly catalog: Catalog
  readonly root: string
  readonly fingerprint: FingerprintRecord
  readonly model: string
  readonly layer: string
  /** Names data and codes in files: data folder, file of labels, model, and what tells these codes from others of the model. */
  readonly name: string
  /** The file that the labels come from; undefined: the folders. */
  readonly labels: string | undefined
  /** In the order of their paths; quarantined files are not among them. */
  readonly images: readonly CodedImage[]
  /** Further views of the images, where they are asked for. */
  readonly views?: CodeViews | undefined
}

/**
 * Opens the codes of a data set. The caller closes its catalog.
 *
 * @throws UserError with the `codes` command to run, where there is no completed run or codes are missing.
 */
export function openDataSet(options: DataSetOptions): DataSet {
  const { data = 'data', cache = 'cache', onNote } = options
  const filter: RunFilter = { ...options, augment: undefined } // it is of the views, not of the plain codes
  const root = rootOf(data)
  const catalog = openExistingCatalog(cache)
  try {
    const dataset = catalog?.files.findDataset(root)
    const run = dataset === undefined ? undefined : catalog?.runs.last(dataset, filter)
    const fingerprint = run && catalog?.codes.find(run.fingerprint)
    if (!catalog || dataset === undefined || !run || !fingerprint) {
      throw noneAsAsked(options, catalog, dataset)
    }
    const bad = new Set(catalog.files.quarantined(dataset, fingerprint.digest).map(({ path }) => path))
    const coded = catalog.codes.ofDataset(dataset, fingerprint.digest)
    const all = catalog.files.files(dataset)
    const files = selectImages(all, { ...options, data, root, isUsable: (path) => !bad.has(path) })
    const images = files.flatMap(({ path, label, labels, part, image }) =>
      image !== undefined && coded.has(image) ? [{ path, label, labels, part, sha256: image }] : [],
    )
    if (images.length < files.length) throw noCodes(options, `that ${files.length - images.length} of ${files.length} are missing`, run)
    if (images.length === 0) throw noCodes(options, 'that no image is left')
    const kinds = catalog.runs.kinds(dataset, filter)
    if (kinds.length > 1) onNote?.(severalKinds(run, kinds))
    if (isOfRandomWeights(fingerprint.json)) onNote?.('The network of these codes has random weights: accuracies on them mean nothing.')
    const plain = { catalog, fingerprint, images: images.map(({ sha256 }) => sha256), command: codesCommand(options, run) }
    const views = findViews(plain, options)
    const inViews = views ? `-views${views.records.length + 1}` : ''
    return {
      catalog,
      root,
      fingerprint,
      views,
      model: run.model,
      layer: run.layer,
      labels: options.labels,
      name: `${nameOf(root, run, catalog.runs.kinds(dataset, { model: run.model }), options.labels)}${inViews}`,
      images,
    }
  } catch (error) {
    catalog?.close()
    throw catalogError(cachePaths(cache).catalog, error)
  }
}

/** The error where a data set has no codes that are as asked, with the command that makes them. */
export function noneAsAsked(options: DataSetOptions, catalog: Catalog | undefined, dataset: number | undefined): UserError {
  const kinds = dataset === undefined ? [] : (catalog?.runs.kinds(dataset) ?? [])
  if (kinds.length === 0) return noCodes(options, ...elsewhere(catalog, options))
  return noCodes(options, `none in ${options.cache ?? 'cache'} but those of ${kinds.map(kindText).join('; ')}`)
}

/** What there is where nothing is known of a data folder: it may have been moved, and its images have their codes. */
function elsewhere(catalog: Catalog | undefined, options: DataSetOptions): [found: string, kind?: LastRun] {
  const { cache = 'cache' } = options
  const roots = catalog?.files.datasets().map(({ root }) => root) ?? []
  const last = catalog?.runs.last(undefined, { ...options, augment: undefined })
  if (!last || roots.length === 0) return [`none in ${cache}`]
  const some = `${roots.slice(0, 3).join(', ')}${roots.length > 3 ? ', …' : ''}`
  return [`those of ${some} only in ${cache} (if the images were moved, nothing is computed again)`, last]
}

/** @param kind codes that would do: its options are a part of the command. */
function noCodes(options: DataSetOptions, found: string, kind?: LastRun): UserError {
  const { data = 'data', model } = options
  const of = model === undefined ? '' : ` of ${model}`
  return new UserError(`Expected codes${of} for the images of ${data}, found ${found}. Make them with: ${codesCommand(options, kind)}`)
}

/** The command that makes codes. */
function codesCommand(options: DataSetOptions, kind?: LastRun): string {
  const { data = 'data', cache = 'cache', model } = options
  const given = { data, cache: cache === 'cache' ? undefined : cache, model: kind?.model ?? model }
  const parts = kind ? kindOptions(kind) : kindParts.flatMap((part) => asOption(part, options[part]))
  const words = [...Object.entries(given).flatMap(([name, value]) => asOption(name, value)), ...parts]
  return `npm run codes -- ${words.join(' ')}`
}

const asOption = (name: string, value: string | number | boolean | undefined) => (value === undefined ? [] : [optionText(name, value)])

/** Data folder, file of labels, model, and what tells the codes from others of this model. */
function nameOf(root: string, kind: CodeKind, kinds: readonly CodeKind[], labels: string | undefined): string {
  const own = varyingParts(kinds).map((part) => (part === 'exif' ? optionText(part, kind.exif).slice(2) : kind[part]))
  const by = labels === undefined ? [] : [basename(labels, extname(labels))]
  return [basename(root), ...by, basename(kind.model), ...own].join('-')
}

function severalKinds(kind: CodeKind, kinds: readonly CodeKind[]): string {
  const names = [...(kinds.some(({ model }) => model !== kind.model) ? ['model'] : []), ...varyingParts(kinds)]
  const choose = names.map((name) => (name === 'exif' ? '--[no-]exif' : `--${name}`)).join(', ')
  return `Several kinds of codes fit; taken are the last: ${kindText(kind)}. Choose with ${choose}.`
}
