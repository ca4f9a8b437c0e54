import { resolve } from 'node:path'
import { UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import type { FileRecord } from '../cache/file-table.js'
import { type PathFinder, pathFinder } from './path-finder.js'
import { quotedList } from './quoted-list.js'
import { type LabelRow, readLabels } from './read-labels.js'

export interface LabelFilesOptions {
  /** The data folder as it was given. */
  readonly data: string
  /** Its real path. */
  readonly root: string
  /** CSV file of labels. */
  readonly labels: string
  /** Pass over labels of files that the catalog does not have, with a note. */
  readonly allowMissing?: boolean | undefined
  readonly onNote?: ((text: string) => void) | undefined
}

/** Labels of a data set's files, by their paths. */
export interface FileLabels {
  readonly of: ReadonlyMap<string, readonly string[]>
  /** Whether an image has several labels, or none: then each label is a question of its own. */
  readonly several: boolean
}

/**
 * Reads the labels of a data set's files from a CSV file.
 *
 * @throws UserError where the file is no such file, labels files that the catalog lacks, or one file in two ways.
 */
export function labelFiles(files: readonly FileRecord[], options: LabelFilesOptions): FileLabels {
  const { data, root, labels: file } = options
  const rows = readLabels(file)
  const finder = pathFinder(
    files.map(({ path }) => path),
    [root, resolve(data)],
  )
  const found = new Map<string, LabelRow>()
  const missing: LabelRow[] = []
  for (const row of rows) {
    const path = finder.find(row.path)
    const before = path === undefined ? undefined : found.get(path)
    if (before && before.labels.join(';') !== row.labels.join(';')) throw twice(file, before, row)
    if (path === undefined) missing.push(row)
    else found.set(path, row)
  }
  if (missing.length > 0) passOver(missing, { ...options, finder, rows: rows.length })
  const of = new Map([...found].map(([path, row]) => [path, row.labels]))
  return { of, several: [...of.values()].some((labels) => labels.length !== 1) }
}

const shown = (text: string) => `"${oneLine(text)}"`

function twice(file: string, a: LabelRow, b: LabelRow): UserError {
  return new UserError(
    `Expected one row for each image in ${file}, found ${shown(b.path)} labelled ${shown(a.labels.join(';'))} in line ${a.line} and ${shown(b.labels.join(';'))} in line ${b.line}. Remove one of them; several labels stand in one row: path,cat;pet.`,
  )
}

interface Missing extends LabelFilesOptions {
  readonly finder: PathFinder
  readonly rows: number
}

/** Labels without a file in the catalog: an error, since a slip in the paths would drop a part of the data; or a note. */
function passOver(missing: readonly LabelRow[], { data, labels, allowMissing, onNote, finder, rows }: Missing): void {
  const which = `${missing.length} of the ${rows} rows of ${labels}: ${quotedList(missing.map(({ path }) => path))}`
  if (allowMissing && missing.length < rows) {
    onNote?.(`Passed over, no image has these paths: ${which}.`)
    return
  }
  const guessed = missing.map((row) => ({ row, path: finder.guess(row.path) })).find(({ path }) => path !== undefined)
  const meant = guessed?.path === undefined ? '' : ` Is ${shown(guessed.row.path)} the file ${shown(guessed.path)}?`
  const goOn =
    missing.length < rows
      ? ', run codes where images are new, or go on without them with --allow-missing'
      : ' or run codes where images are new'
  throw new UserError(
    `Expected an image of ${data} for every label, found none for ${which}.${meant} Correct the paths (they are read from the data folder on)${goOn}.`,
  )
}
