import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from './attempt.js'
import { isGone, processName } from './process-name.js'

const prefix = '.tmp~'

/** `.tmp~host~pid~uuid`: who writes it, so that a dead writer's file can be told from a living one's. */
export function temporaryName(): string {
  return `${prefix}${processName()}`
}

/** Removes the temporary files of a folder whose writers are gone; those that cannot be removed stay. */
export function clearAbandoned(folder: string): void {
  for (const name of attempt(() => readdirSync(folder)) ?? []) {
    if (isAbandoned(name)) attempt(() => rmSync(join(folder, name), { force: true }))
  }
}

/** Whether a name is a temporary file whose writer is gone. */
export function isAbandoned(name: string): boolean {
  return name.startsWith(prefix) && isGone(name.slice(prefix.length))
}
