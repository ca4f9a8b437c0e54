import { type CodeKind, varyingParts } from '../cache/code-kind.js'
import { type TextColumn, textTable } from '../report/text-table.js'

/** More columns of a table of kinds: what it says of each. */
export interface KindColumns<K> {
  readonly columns: readonly TextColumn[]
  cells(kind: K): readonly string[]
}

/** A table of kinds of codes: the beginning of their fingerprint, model, layer, size and in what else they differ; then more. */
export function kindsTable<K extends CodeKind & { readonly fingerprint: string }>(kinds: readonly K[], more: KindColumns<K>): string {
  const parts = [...new Set(['layer' as const, 'size' as const, ...varyingParts(kinds)])]
  const rows = kinds.map((kind) => [
    kind.fingerprint.slice(0, 8),
    kind.model,
    ...parts.map((part) => String(kind[part])),
    ...more.cells(kind),
  ])
  return textTable([...['codes', 'model', ...parts].map((title) => ({ title })), ...more.columns], rows)
}

/** Columns of numbers. */
export const numbers = (...titles: readonly string[]) => titles.map((title): TextColumn => ({ title, align: 'right' }))
