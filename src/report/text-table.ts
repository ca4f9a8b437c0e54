import stringWidth from 'string-width'
import { visibleText } from '../base/visible-text.js'

/** A column of a table. */
export interface TextColumn {
  readonly title: string
  /** Default: right where every cell is a number, else left. */
  readonly align?: 'left' | 'right'
}

/**
 * A table for the terminal: titles, a rule, the rows; two spaces between columns, no spaces at the ends of lines, no colour.
 *
 * Widths are those of a terminal (an East Asian character takes two places). Control characters, which could move the cursor or
 * forge a line, are shown as \u escapes.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly (string | number)[])[]): string {
  for (const row of rows) {
    if (row.length !== columns.length) throw new Error(`Expected each row to have ${columns.length} cells, got ${row.length}.`)
  }
  const texts = [columns.map(({ title }) => title), ...rows].map((row) => row.map((cell) => visibleText(String(cell))))
  const widths = columns.map((_, index) => texts.reduce((width, row) => Math.max(width, stringWidth(row[index] ?? '')), 0))
  const right = columns.map(({ align }, index) => (align ?? (isNumeric(rows, index) ? 'right' : 'left')) === 'right')
  const lines = texts.map((row) => row.map((text, index) => pad(text, widths[index] ?? 0, right[index] ?? false)))
  const rule = widths.map((width) => '─'.repeat(width))
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].map((cells) => cells.join('  ').trimEnd()).join('\n')
}

function isNumeric(rows: readonly (readonly (string | number)[])[], index: number): boolean {
  return rows.length > 0 && rows.every((row) => typeof row[index] === 'number')
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return right ? space + text : text + space
}
