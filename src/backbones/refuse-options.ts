import { UserError } from '../base/errors.js'
import type { BackboneOptions } from './backbone.js'

/** Refuses options that a backbone fixes itself. */
export function refuseOptions(name: string, options: BackboneOptions, fixed: readonly (keyof BackboneOptions)[]): void {
  for (const option of fixed) {
    const value = options[option]
    if (value === undefined) continue
    throw new UserError(`Expected no --${option} with ${name}, which has its own, got ${String(value)}. Leave the option out.`, 2)
  }
}
