import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface SpawnResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const cli = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

/** Runs the built command line tool; `during` may meddle with the process. */
export function spawnCli(args: readonly string[], during: (child: ChildProcess) => void = () => undefined): Promise<SpawnResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    during(child)
  })
}
