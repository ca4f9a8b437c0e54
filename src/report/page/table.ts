import { Html, html } from './html.js'

/** A cell: text or a number as it is, or what is shown with what it is sorted by. */
export type TableCell = string | number | Html | { readonly shown: string | Html; readonly sort: string | number }

export interface TableColumn {
  readonly title: string
  /** Right-aligned. Default: where every cell is sorted by a number. */
  readonly number?: boolean
}

export interface HtmlTable {
  /** Read out before the table; each table of a page its own. */
  readonly caption: string
  readonly columns: readonly TableColumn[]
  /** The first cell of each names the row. */
  readonly rows: readonly (readonly TableCell[])[]
  /** Whether headings sort by their column, descending first. Default true. */
  readonly sortable?: boolean
}

/** A table with a caption, in a region that scrolls sideways by itself, so that the page never does. */
export function tableHtml({ caption, columns, rows, sortable = true }: HtmlTable): Html {
  const numeric = columns.map(({ number }, at) => number ?? (rows.length > 0 && rows.every((row) => typeof sortOf(row[at]) === 'number')))
  const classOf = (at: number) => numeric[at] && html` class="number"`
  const heading = ({ title }: TableColumn, at: number) =>
    html`<th scope="col"${classOf(at)}>${sortable ? html`<button type="button">${title}</button>` : title}</th>`
  const cell = (value: TableCell, at: number) => {
    const attributes = html`${classOf(at)}${isPair(value) && html` data-sort="${value.sort}"`}`
    const shown = isPair(value) ? value.shown : value
    return at === 0 ? html`<th scope="row"${attributes}>${shown}</th>` : html`<td${attributes}>${shown}</td>`
  }
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table${sortable && html` class="sortable"`}>
<caption>${caption}</caption>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>
`
}

type Pair = Extract<TableCell, { readonly sort: unknown }>

const isPair = (cell: TableCell): cell is Pair => typeof cell === 'object' && !(cell instanceof Html)

function sortOf(cell: TableCell | undefined): unknown {
  return cell !== undefined && isPair(cell) ? cell.sort : cell
}
