import { usageError } from '../base/errors.js'
import type { FileRecord } from '../cache/file-table.js'
import { checkClasses, isSelected, type Selection } from '../cache/selection.js'
import { labelFiles } from './label-files.js'
import { quotedList } from './quoted-list.js'

export interface LabelOptions {
  /** CSV file of path,label[;label…], whose labels take the place of the folders'. */
  readonly labels?: string | undefined
  /** Pass over labels of images that are not in the catalog, default false. */
  readonly allowMissing?: boolean | undefined
}

export interface SelectImagesOptions extends Selection, LabelOptions {
  /** The data folder as it was given. */
  readonly data: string
  /** Its real path. */
  readonly root: string
  /** Whether a file may have a code: others are left out without a word. */
  readonly isUsable: (path: string) => boolean
  readonly onNote?: ((text: string) => void) | undefined
}

/** A file with the labels that count: `labels` is set for every file of a multi-label set. */
export interface LabelledFile extends FileRecord {
  readonly labels?: readonly string[] | undefined
}

/**
 * The files of a data set that are asked for, with their labels.
 *
 * Where each image of a file of labels has one, an image of a class that is not asked for is left out; else labels that are not asked
 * for are taken off, and the image stays.
 *
 * @throws UserError for an unknown class, and as `labelFiles` does.
 */
export function selectImages(files: readonly FileRecord[], options: SelectImagesOptions): LabelledFile[] {
  const { labels, isUsable, exclude, onNote } = options
  if (options.allowMissing && labels === undefined) throw usageError('--allow-missing', 'given with --labels', true)
  const usable = files.filter((file) => isUsable(file.path) && isSelected(file, { exclude }))
  if (labels === undefined) {
    checkClasses(options, new Set(files.map(({ label }) => label)))
    return usable.filter((file) => isSelected(file, options))
  }
  const { of, several } = labelFiles(files, { ...options, labels })
  checkClasses(options, new Set([...of.values()].flat()))
  const without = usable.filter(({ path }) => !of.has(path)).map(({ path }) => path)
  if (without.length > 0)
    onNote?.(`Left out, ${labels} has no label for ${without.length} of ${usable.length} images: ${quotedList(without)}.`)
  const labelled = usable.filter(({ path }) => of.has(path))
  return labelled.flatMap((file) => {
    const own = (of.get(file.path) ?? []).filter((label) => isSelected({ ...file, label }, options))
    const kept = { ...file, label: own.join(';') }
    return several ? [{ ...kept, labels: own }] : own.length > 0 ? [kept] : []
  })
}
