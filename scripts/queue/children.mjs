import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

/** Runs a script of Node. `ended` gives exit code, output and seconds; the largest memory is read while it lives. */
export function child(...words) {
  const started = performance.now()
  const process_ = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'])
    process_[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text
    })
  let peakMB = 0
  const timer = setInterval(() => {
    peakMB = Math.max(peakMB, highWater(process_.pid))
  }, 500)
  const ended = new Promise((resolve) => {
    process_.on('close', (code) => {
      clearInterval(timer)
      resolve({ code, ...said, peakMB, seconds: (performance.now() - started) / 1000 })
    })
  })
  return { process: process_, ended }
}

/** VmHWM, MB; 0 where there is none to be had. */
function highWater(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** The result of a child that must have come to its end. */
export async function expectDone({ ended }, what) {
  const end = await ended
  if (end.code !== 0) throw new Error(`Expected ${what} to succeed, it ended with ${end.code}: ${end.stderr.slice(-2000)}`)
  return end
}
