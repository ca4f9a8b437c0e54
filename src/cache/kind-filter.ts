import { UserError, usageError } from '../base/errors.js'
import { kindParts, kindText, optionText } from './code-kind.js'
import type { KnownKind } from './known-kinds.js'
import type { RunFilter } from './run-table.js'

/** Which kinds of codes are meant; what is left out may be anything. */
export interface KindFilter extends Omit<RunFilter, 'digest'> {
  /** The beginning of the codes' fingerprint, 4 hexadecimal digits at least. */
  readonly fingerprint?: string | undefined
}

/** Whether a filter asks for anything. */
export function isFiltering(filter: KindFilter): boolean {
  return asked(filter).length > 0
}

/**
 * The kinds that are as asked.
 *
 * @throws UserError where there is none: then a name was mistaken.
 */
export function filterKinds(kinds: readonly KnownKind[], filter: KindFilter, { cache }: { readonly cache: string }): KnownKind[] {
  const { fingerprint, model } = filter
  if (fingerprint !== undefined && !/^[0-9a-f]{4,64}$/.test(fingerprint)) {
    throw usageError('--fingerprint', 'the first 4 to 64 hexadecimal digits of a fingerprint', fingerprint)
  }
  const found = kinds.filter(
    (kind) =>
      kind.record.digest.startsWith(fingerprint ?? '') &&
      (model === undefined || kind.models.includes(model)) &&
      kindParts.every((part) => filter[part] === undefined || filter[part] === kind[part]),
  )
  if (found.length > 0 || !isFiltering(filter)) return found
  const others = kinds.length === 0 ? 'none' : `those of ${kinds.map(kindText).join('; ')}`
  throw new UserError(`Expected codes of ${asked(filter).join(' ')} in ${cache}, found ${others}. Look at them with: npm run cache -- list`)
}

function asked(filter: KindFilter): string[] {
  return (['model', ...kindParts, 'fingerprint'] as const).flatMap((name) => {
    const value = filter[name]
    return value === undefined ? [] : optionText(name, value)
  })
}
