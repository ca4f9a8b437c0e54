import { readFileSync } from 'node:fs'
import { CsvError, parse } from 'csv-parse/sync'
import { clauseOf, messageOf, UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'

/** A row of a file of labels. */
export interface LabelRow {
  /** As it is written. */
  readonly path: string
  /** Sorted, each once; none: no label applies to the image. */
  readonly labels: readonly string[]
  /** Where the row ends in the file, from 1. */
  readonly line: number
}

const pathNames = ['path', 'file', 'filename', 'image']
const labelNames = ['label', 'labels']

/**
 * Reads a CSV file of labels: `path,label[;label…]`, UTF-8, with or without such a header line.
 *
 * @throws UserError where the file cannot be read, is no such file or holds no row.
 */
export function readLabels(file: string): LabelRow[] {
  const refuse = (found: string, fix: string) => new UserError(`Expected rows of path,label in ${file}, found ${found}. ${fix}`)
  const text = decode(readText(file), refuse)
  if (text.trim() === '') throw refuse('an empty file', 'Write a line for each image, such as cat/1.jpg,cat.')
  const rows = parseRows(text, refuse)
  const [first] = rows
  const isHeader = first !== undefined && pathNames.includes(first.cells[0]?.toLowerCase() ?? '')
  if (isHeader && !labelNames.includes(first.cells[1]?.toLowerCase() ?? ''))
    throw refuse(`no column of labels in the header ${shown(first.cells)}`, 'Name the columns path,label and leave out others.')
  const body = isHeader ? rows.slice(1) : rows
  if (body.length === 0) throw refuse('a header alone', 'Write a line for each image, such as cat/1.jpg,cat.')
  return body.map(({ cells, line }) => {
    const [path, label] = cells
    if (!path || label === undefined || cells.length > 2)
      throw refuse(
        `${!path ? 'no path' : cells.length === 1 ? 'one column' : `${cells.length} columns`} in line ${line}, ${shown(cells)}`,
        'Write path,label; several labels are parted by semicolons: cat/1.jpg,cat;pet.',
      )
    return { path, labels: labelsIn(label), line }
  })
}

type Refuse = (found: string, fix: string) => UserError

const shown = (cells: readonly string[]) => `"${oneLine(cells.join(',')).slice(0, 80)}"`

/** cat; pet → ['cat', 'pet']. */
function labelsIn(cell: string): string[] {
  const labels = cell.split(';').map((label) => label.trim())
  return [...new Set(labels)].filter((label) => label !== '').sort()
}

function readText(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`Expected --labels to name a CSV file, but ${file} cannot be read: ${messageOf(error)}.`, 2)
  }
}

function decode(bytes: Buffer, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('bytes that are not UTF-8', 'Save it as UTF-8 (in Excel: CSV UTF-8).')
  }
}

function parseRows(text: string, refuse: Refuse): { readonly cells: readonly string[]; readonly line: number }[] {
  const lines: number[] = []
  try {
    const rows = parse(text, {
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (record, { lines: line }) => {
        lines.push(line)
        return record
      },
    })
    return rows.map((cells, at) => ({ cells, line: lines[at] ?? 0 }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw refuse(`that it is no CSV: ${clauseOf(error)}`, 'Put cells with commas or quotes into quotes, and double the quotes inside.')
  }
}
