import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'

/** A data folder's absolute path with links resolved, as the catalog has it; one that is gone is named as it is written. */
export function rootOf(data: string): string {
  try {
    return realpathSync(data)
  } catch {
    return resolve(data)
  }
}
