import { randomUUID } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from './errors.js'

/** `host~pid~uuid`: a name for this process that others can tell to be a living or a dead one's. */
export function processName(): string {
  return [thisHost(), process.pid, randomUUID()].join('~')
}

/** Whether the process of a name is known to be gone; of another host's processes nothing is known. */
export function isGone(name: string): boolean {
  const [host, pid] = name.split('~')
  return host === thisHost() && !isAlive(Number(pid))
}

/** Where process ids mean the same as here: containers may share a host's name, each with processes of its own. */
export function thisHost(): string {
  try {
    return `${hostname()}+${readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')}`
  } catch {
    return hostname() // no Linux
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
