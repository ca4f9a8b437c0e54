import { randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode } from './errors.js'

/** `.tmp~host~pid~uuid`: who writes it, so that a dead writer's file can be told from a living one's. */
export function temporaryName(): string {
  return ['.tmp', hostname(), process.pid, randomUUID()].join('~')
}

/** Removes the temporary files of a folder whose writers are gone; those that cannot be removed stay. */
export function clearAbandoned(folder: string): void {
  for (const name of attempt(() => readdirSync(folder)) ?? []) {
    if (isAbandoned(name)) attempt(() => rmSync(join(folder, name), { force: true }))
  }
}

/** Whether a name is a temporary file whose writer is gone. */
export function isAbandoned(name: string): boolean {
  const [prefix, host, pid] = name.split('~')
  return prefix === '.tmp' && host === hostname() && !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Clearing up must not stop what comes after it. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
