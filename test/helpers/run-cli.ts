import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nobody } from './as-nobody.js'

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
  return run(args, { env: { ...process.env, ...variables } })
}

/** The same as a user who may not write wherever it likes; whoever is not root is one. */
export function runCliAsNobody(...args: readonly string[]): CliRun {
  return run(args, process.getuid?.() === 0 ? { uid: nobody } : {})
}

function run(args: readonly string[], options: SpawnSyncOptions): CliRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { ...options, encoding: 'utf8' })
  return { status, stdout, stderr }
}
