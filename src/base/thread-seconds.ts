import { readFileSync } from 'node:fs'

/**
 * CPU seconds of the calling thread so far, for differences: Linux tells them in /proc; elsewhere wall-clock seconds stand in,
 * which are the same as long as every thread has a core.
 */
export function threadSeconds(): number {
  try {
    const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
    return Number(nanoseconds) / 1e9
  } catch {
    return performance.now() / 1000
  }
}
