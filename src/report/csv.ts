/** One cell; null is an empty one. */
export type CsvCell = string | number | null

/**
 * Comma-separated values: RFC 4180 quoting, one header row, every row ended by a line feed.
 *
 * Text that a spreadsheet would run as a formula (it begins with = + - @ or a control character) gets an apostrophe in front,
 * because names of models come from the user's files.
 */
export function csvText(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('')
}

function csvCell(cell: CsvCell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  const text = /^[=+\-@\t\r\n]/u.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
