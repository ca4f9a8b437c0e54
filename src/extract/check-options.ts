import { usageError } from '../base/errors.js'
import type { ExtractSeveralOptions } from './options.js'

/** Refuses numbers that would make a run without end; the command line has its own, stricter rules. */
export function checkOptions(options: ExtractSeveralOptions): ExtractSeveralOptions {
  for (const name of ['batch', 'workers'] as const) {
    const value = options[name] ?? 1
    if (!Number.isSafeInteger(value) || value < 1) throw usageError(name, 'a whole number above 0', value)
  }
  return options
}
