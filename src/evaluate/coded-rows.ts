import { basename } from 'node:path'
import { UserError } from '../base/errors.js'
import { type Catalog, openExistingCatalog } from '../cache/catalog.js'
import { catalogError } from '../cache/catalog-error.js'
import { kindParts } from '../cache/code-kind.js'
import type { CodePlace } from '../cache/code-place.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import type { KnownRow } from '../cache/exchange/code-blocks.js'
import type { CodeIdentity } from '../cache/fingerprint.js'
import { isOfPlainImages } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import { rootOf } from '../cache/root-of.js'
import { type CodedImage, type DataSetOptions, noneAsAsked, openDataSet } from './data-set.js'

export interface CodedRowsOptions extends DataSetOptions {
  /** Every code of the fingerprint, whether or not a file of the data set is known for it; default false. */
  readonly all?: boolean | undefined
  /** With `all`: the fingerprint's digest, or how it begins; default that of the data set's last run, or the only one there is. */
  readonly fingerprint?: string | undefined
}

/** Codes that are asked for, and how they are told. */
export interface CodedRows {
  readonly catalog: Catalog
  readonly fingerprint: FingerprintRecord
  /** As it was given to `codes`; undefined where no run of the data set made these codes. */
  readonly model: string | undefined
  /** Names data and codes in files. */
  readonly name: string
  /** Makes the rows of codes that lie at these places, in their order. */
  rowsOf(places: readonly CodePlace[]): KnownRow[]
  /** sha256 of the images, in hex. */
  readonly images: Iterable<string>
}

/**
 * Opens the codes of a data set, a row for each of its files, or with `all` every code, a row for each. The caller closes the catalog.
 *
 * @throws UserError where there are none, or it is not clear which.
 */
export function openCodedRows(options: CodedRowsOptions): CodedRows {
  if (options.all) return openAllCodes(options)
  const { catalog, fingerprint, model, name, images } = openDataSet(options)
  const files = grouped(images)
  return {
    catalog,
    fingerprint,
    model,
    name,
    images: files.keys(),
    rowsOf: (places) =>
      places.flatMap(({ image, dtype }) => (files.get(image) ?? []).map((file) => ({ ...told(file), image, view: 0, dtype }))),
  }
}

function openAllCodes(options: CodedRowsOptions): CodedRows {
  const { data = 'data', cache = 'cache' } = options
  const catalog = openExistingCatalog(cache)
  try {
    if (!catalog) throw noneAsAsked(options, undefined, undefined)
    const dataset = catalog.files.findDataset(rootOf(data))
    const run = dataset === undefined ? undefined : catalog.runs.last(dataset, options)
    const isAsked = ['model' as const, ...kindParts].some((part) => options[part] !== undefined)
    if (isAsked && !run) throw noneAsAsked(options, catalog, dataset)
    const fingerprint = chosen(catalog, options, run?.fingerprint)
    const isOfRun = run?.fingerprint === fingerprint.digest
    const known = dataset === undefined ? [] : catalog.files.files(dataset)
    const files = grouped(known.flatMap(({ image, ...file }) => (image === undefined ? [] : [{ ...file, sha256: image }])))
    const model = isOfRun ? run.model : undefined
    return {
      catalog,
      fingerprint,
      model,
      name: `${model === undefined ? fingerprint.digest.slice(0, 12) : basename(model)}-all`,
      images: catalog.codes.images(fingerprint.id),
      rowsOf: (places) => places.map(({ image, dtype }) => ({ ...told(files.get(image)?.[0]), image, view: 0, dtype })),
    }
  } catch (error) {
    catalog?.close()
    throw catalogError(cachePaths(cache).catalog, error)
  }
}

/** The fingerprint that is meant. */
function chosen(catalog: Catalog, options: CodedRowsOptions, last: string | undefined): FingerprintRecord {
  const { cache = 'cache', fingerprint: asked } = options
  const all = catalog.codes.all()
  const fits =
    asked === undefined
      ? all.filter(({ digest, json }) => (last === undefined ? isOfPlainImages(json) : digest === last))
      : all.filter(({ digest }) => digest.startsWith(asked))
  const [only, ...others] = fits
  if (only && others.length === 0) return only
  const known = all.map(fingerprintText).join('; ')
  const found = asked === undefined ? `${all.length}` : `${fits.length} that begin with "${asked}"`
  throw new UserError(
    `Expected one kind of codes in ${cache}, found ${found}. Choose with --fingerprint${known === '' ? '' : ` from ${known}`}.`,
  )
}

function fingerprintText({ digest, json }: FingerprintRecord): string {
  const { layer, size, precision }: CodeIdentity = JSON.parse(json)
  return `${digest.slice(0, 12)} (layer ${layer}, size ${size}, ${precision})`
}

function grouped(images: readonly CodedImage[]): Map<string, CodedImage[]> {
  const files = new Map<string, CodedImage[]>()
  for (const image of images) files.set(image.sha256, [...(files.get(image.sha256) ?? []), image])
  return files
}

const told = (file: CodedImage | undefined) => ({ path: file?.path ?? null, label: file?.label ?? null, part: file?.part ?? null })
