/** The built command line's `serve` as a process of its own, and what it takes of memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

/** Starts it at a free port; gives its process, port, its memory in MB, its CPU seconds, and how to stop it. */
export async function startServer(bundle, options) {
  const child = spawn(process.execPath, [cli, 'serve', bundle, '--port', '0', '--json', '--quiet', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), exited])
  if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}`)
  const port = Number(new URL(JSON.parse(String(line[0])).url).port)
  const stop = async () => {
    child.kill('SIGTERM')
    const [code] = await exited
    return code
  }
  return { child, port, memory: () => residentMB(child.pid), cpu: () => cpuSeconds(child.pid), stop }
}

/** Source: proc(5), VmRSS in kB. */
function residentMB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000
}

/** Source: proc(5), utime and stime of stat in ticks of 10 ms. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
