/** One cell; null is an empty one. */
export type CsvCell = string | number | null

/**
 * Comma-separated values: RFC 4180 quoting, one header row, every row ended by a line feed.
 *
 * Text that a spreadsheet would run as a formula (it begins with = + - @ or a control character) gets an apostrophe in front,
 * because names of models come from the user's files.
 */
export function csvText(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => csvRow(row.map(harmless))).join('')
}

/** One row, every cell as it is: for programs, which take text back unchanged. Numbers come back bit for bit. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\n`
}

const harmless = (cell: CsvCell) => (typeof cell === 'string' && /^[=+\-@\t\r\n]/u.test(cell) ? `'${cell}` : cell)

function csvCell(cell: CsvCell): string {
  if (typeof cell === 'string') return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  return cell === null ? '' : Object.is(cell, -0) ? '-0.0' : String(cell)
}
