import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))

export interface CliRun {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line to its end. */
export function runCli(...args: readonly string[]): CliRun {
  return runCliWith({}, ...args)
}

/** The same with variables in its environment. */
export function runCliWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]): CliRun {
  const env = { ...process.env, ...variables }
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env })
  return { status, stdout, stderr }
}
